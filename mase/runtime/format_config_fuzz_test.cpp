// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Thousands of damaged formats.toml files and format names: each is read or refused by an InputError of one line.

#include "mase/formats/registry.h"
#include "mase/runtime/format_config.h"
#include "mase/support/damaged.h"
#include "mase/support/error.h"

#include <functional>
#include <gtest/gtest.h>

namespace mase {
namespace {

struct Outcomes {
  int read = 0, refused = 0;
};

Outcomes outcomesOf(const std::string &text, int cases, const std::function<void(const std::string &)> &reader) {
  Outcomes outcomes;
  for (int i = 0; i < cases; ++i) {
    Random random(0xF0224, static_cast<uint64_t>(i));
    const std::string bad = damaged(text, random);
    try {
      reader(bad);
      ++outcomes.read;
    } catch (const InputError &error) {
      ++outcomes.refused;
      EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos) << error.what();
    } catch (const std::exception &error) {
      ADD_FAILURE() << "case " << i << ": " << error.what() << "\n" << bad;
    }
  }
  return outcomes;
}

TEST(FormatConfigFuzz, FilesAreReadOrRefused) {
  const std::string text = R"("layers.*.mlp.down_proj" = { weight = "mxint4", input = "mxint6:1x16" } # wide
"lm_head" = { input = ["mxint2", "mxint8", "fixed<8,4>"], output = 'mxint8' }
"*" = { weight = "mxint4", input = "fp32" }
)";
  std::vector<Slot> slots;
  for (const char *module : {"model.layers.0.mlp.down_proj", "model.layers.1.mlp.down_proj", "lm_head"})
    for (Role role : {Role::weight, Role::input})
      slots.push_back({module, "linear", 0, role, 64});
  const Outcomes found = outcomesOf(text, 4000, [&](const std::string &bad) {
    const FormatConfig config = parseFormatConfig(bad, "formats.toml");
    EXPECT_EQ(resolveSpace(config, slots).size(), slots.size());
  });
  EXPECT_GT(found.read, 100);
  EXPECT_GT(found.refused, 1000);
}

TEST(FormatConfigFuzz, NamesAreReadOrRefused) {
  for (const char *name : {"mxint4", "mxint6:16x2", "fixed<24,12>"}) {
    const Outcomes found = outcomesOf(name, 2000, [](std::string bad) {
      std::erase(bad, '\n'); // a message repeats the name; the program prints it as one line
      const Format &format = parseFormat(bad);
      EXPECT_EQ(&parseFormat(format.name()), &format);
    });
    EXPECT_GT(found.read, 10) << name;
    EXPECT_GT(found.refused, 500) << name;
  }
}

} // namespace
} // namespace mase
