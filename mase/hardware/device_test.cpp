// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/hardware/device.h"

#include "mase/support/error.h"
#include "mase/support/output.h"

#include <gmock/gmock.h>

namespace mase {
namespace {

namespace fs = std::filesystem;

const char *const kGood = R"(name = "small"
part = "p"
family = "f"
source = "s"
clock_mhz = 50
[resources]
lut = 100
ff = 200
dsp = 0
bram36 = 4
uram = 0
)";

std::string replaced(std::string text, const std::string &from, const std::string &to) {
  size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

Device read(const std::string &text) {
  fs::path path = fs::path(testing::TempDir()) / "mase_device" / "small.toml";
  writeFile(path, text);
  return loadDevice(path.string());
}

std::string errorOf(const std::string &text) {
  try {
    read(text);
  } catch (const InputError &error) {
    return error.what();
  }
  return "no error";
}

TEST(Device, ShippedOnesLoadByName) {
  std::vector<std::string> names;
  for (const Device &device : listDevices()) {
    names.push_back(device.name);
    EXPECT_FALSE(device.source.empty());
    EXPECT_GE(device.resources.ff, 2 * device.resources.lut) << device.name; // two flip-flops a LUT in these families
  }
  EXPECT_THAT(names, testing::IsSupersetOf({"arty-a7-35", "kv260", "u250", "zcu102"}));
  Device kv260 = loadDevice("kv260");
  EXPECT_EQ(kv260.resources, (Area{117120, 234240, 1248, 144, 64}));
  EXPECT_EQ(loadDevice("u250").resources.uram, 1280);
  EXPECT_EQ(loadDevice("zcu102").resources.uram, 0);
}

TEST(Device, AUsersFileIsRead) {
  Device device = read(kGood);
  EXPECT_EQ(device.name, "small");
  EXPECT_EQ(device.resources, (Area{100, 200, 0, 4, 0}));
  EXPECT_EQ(budgetOf(device, 0.75), (Area{75, 150, 0, 3, 0}));
}

TEST(Device, FaultsSayWhereAndWhat) {
  using testing::EndsWith;
  EXPECT_THAT(errorOf(replaced(kGood, "lut = 100", "lut = ")), testing::HasSubstr("small.toml:7:7: not TOML: "));
  EXPECT_THAT(errorOf(replaced(kGood, "lut = 100", "lot = 100")),
              EndsWith("small.toml:6:1: key 'lut' is missing in [resources]"));
  EXPECT_THAT(errorOf(replaced(kGood, "part = \"p\"\n", "")), EndsWith("small.toml:1:1: key 'part' is missing"));
  EXPECT_THAT(errorOf(replaced(kGood, "lut = 100", "lut = 0")),
              EndsWith("small.toml:7:7: 'lut' is not a whole number from 1 to 1000000000"));
  EXPECT_THAT(errorOf(replaced(kGood, "\"p\"", "3")), EndsWith("small.toml:2:8: 'part' is not a text (write \"...\")"));
  EXPECT_THAT(errorOf(replaced(kGood, "= 50", "= \"50\"")), EndsWith("small.toml:5:13: 'clock_mhz' is not a number"));
  EXPECT_THAT(errorOf(replaced(kGood, "= 50", "= -1")), EndsWith("small.toml:5:13: clock_mhz -1 is not positive"));
  EXPECT_THAT(errorOf(replaced(kGood, "[resources]", "resources = 1\n[other]")),
              EndsWith("small.toml:6:13: 'resources' is not a table (write [resources])"));
  EXPECT_THAT(errorOf(std::string(kGood) + "uran = 1\n"),
              EndsWith("small.toml:12:1: unknown key 'uran' (did you mean 'uram'? known: lut, ff, dsp, bram36, uram)"));
  EXPECT_THAT(errorOf(replaced(kGood, "\"small\"", "\"tiny\"")),
              EndsWith("small.toml:1:8: device 'tiny' stands in a file of another name (would be tiny.toml)"));
}

TEST(Device, AnUnknownNameGetsTheNearest) {
  try {
    loadDevice("kv26");
    FAIL();
  } catch (const InputError &error) {
    EXPECT_STREQ(error.what(), "device 'kv26' does not exist (did you mean 'kv260'? known: arty-a7-35, kv260, u250, "
                               "zcu102, or a path to a .toml)");
  }
}

TEST(Device, TheShareIsAPart) {
  Device device = read(kGood);
  for (double share : {0.0, -1.0, 1.01}) {
    try {
      budgetOf(device, share);
      FAIL();
    } catch (const InputError &error) {
      EXPECT_THAT(error.what(), testing::HasSubstr("of device 'small' is not in (0, 1]"));
    }
  }
}

} // namespace
} // namespace mase
