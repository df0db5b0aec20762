// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/support/data_files.h"

#include "mase/support/error.h"
#include "mase/support/output.h"

#include <cstdlib>
#include <gmock/gmock.h>

namespace mase {
namespace {

namespace fs = std::filesystem;

TEST(DataFiles, TheSourceTreeIsFoundFromTheBuildFolder) {
  ASSERT_TRUE(findDataFile("devices/kv260.toml"));
  EXPECT_TRUE(fs::equivalent(*findDataFile("devices/kv260.toml"), fs::path(MASE_SOURCE_DIR) / "devices/kv260.toml"));
  EXPECT_FALSE(findDataFile("devices/no-such.toml"));
}

TEST(DataFiles, TheEnvironmentComesFirst) {
  fs::path folder = fs::path(testing::TempDir()) / "mase_data_files";
  writeFile(folder / "devices/kv260.toml", "");
  setenv("MASE_DATA", folder.c_str(), 1);
  std::optional<fs::path> found = findDataFile("devices/kv260.toml");
  std::optional<fs::path> other = findDataFile("devices/u250.toml"); // not there: the next root has it
  unsetenv("MASE_DATA");
  fs::remove_all(folder);
  ASSERT_TRUE(found && other);
  EXPECT_EQ(*found, (folder / "devices/kv260.toml").lexically_normal());
  EXPECT_NE(other->string().find(".toml"), std::string::npos);
}

TEST(DataFiles, AMissingFileIsReportedWithTheRoots) {
  try {
    dataFile("cost/no-such.toml");
    FAIL();
  } catch (const InputError &error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("cost/no-such.toml: not among the program's data files in "));
    EXPECT_THAT(error.what(), testing::HasSubstr("(MASE_DATA names their folder)"));
  }
}

} // namespace
} // namespace mase
