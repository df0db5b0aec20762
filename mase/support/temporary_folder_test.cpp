// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/support/temporary_folder.h"

#include "mase/support/error.h"

#include <cstdlib>
#include <fstream>
#include <gmock/gmock.h>

namespace mase {
namespace {

TEST(TemporaryFolder, GoesWithTheObject) {
  std::filesystem::path path;
  {
    const TemporaryFolder folder("mase-test"), other("mase-test");
    path = folder.path();
    EXPECT_NE(path, other.path());
    std::ofstream(path / "file") << "x";
    EXPECT_TRUE(std::filesystem::exists(path / "file"));
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(TemporaryFolder, SaysWhenItCannotBeMade) {
  try {
    const TemporaryFolder folder("no/such/folder/mase-test");
    FAIL();
  } catch (const InputError &error) {
    EXPECT_THAT(
        error.what(),
        ::testing::HasSubstr("cannot be made (a writable folder for temporary files is needed; TMPDIR names another)"));
  }
}

} // namespace
} // namespace mase
