// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Hundreds of damaged device descriptions and area models: each is read or refused by an InputError of one line.

#include "mase/hardware/area_model.h"
#include "mase/hardware/device.h"
#include "mase/support/damaged.h"
#include "mase/support/error.h"
#include "mase/support/mapped_file.h"

#include <fstream>
#include <functional>
#include <gtest/gtest.h>
#include <unistd.h>

namespace mase {
namespace {

namespace fs = std::filesystem;

struct Outcomes {
  int read = 0, refused = 0;
};

Outcomes outcomesOf(const fs::path &source, int cases, const std::function<void(const fs::path &)> &reader) {
  const fs::path folder = fs::temp_directory_path() / fmt::format("mase-hardware-fuzz-{}", getpid());
  fs::create_directories(folder);
  const std::string text = readTextFile(source);
  Outcomes outcomes;
  for (int i = 0; i < cases; ++i) {
    Random random(0xF0225, static_cast<uint64_t>(i));
    const fs::path file = folder / source.filename();
    std::ofstream(file) << damaged(text, random);
    try {
      reader(file);
      ++outcomes.read;
    } catch (const InputError &error) {
      ++outcomes.refused;
      EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos) << error.what();
    } catch (const std::exception &error) {
      ADD_FAILURE() << "case " << i << ": " << error.what() << "\n" << readTextFile(file);
    }
  }
  fs::remove_all(folder);
  return outcomes;
}

const fs::path root = MASE_SOURCE_DIR;

TEST(HardwareFuzz, Devices) {
  const Outcomes found = outcomesOf(root / "devices/kv260.toml", 800, [](const fs::path &file) { readDevice(file); });
  EXPECT_GT(found.read, 50);
  EXPECT_GT(found.refused, 200);
}

TEST(HardwareFuzz, AreaModels) {
  const Outcomes found =
      outcomesOf(root / "mase/ops/linear/cost/linear.toml", 800, [](const fs::path &file) { readAreaModel(file); });
  EXPECT_GT(found.read, 50);
  EXPECT_GT(found.refused, 200);
}

} // namespace
} // namespace mase
