// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/support/output.h"

#include "mase/support/error.h"
#include "mase/support/mapped_file.h"

#include <fstream>
#include <gmock/gmock.h>
#include <unistd.h>

namespace mase {
namespace {
namespace fs = std::filesystem;

struct Output : testing::Test {
  fs::path folder = fs::temp_directory_path() / fmt::format("mase-output-{}", getpid());
  void SetUp() override { fs::create_directories(folder); }
  void TearDown() override { fs::remove_all(folder); }
  size_t entries() const { return static_cast<size_t>(std::distance(fs::directory_iterator(folder), {})); }
};

TEST_F(Output, AFileAppearsWholeAndAlone) {
  writeFile(folder / "a.txt", "one");
  writeFile(folder / "a.txt", "two");
  EXPECT_EQ(readTextFile(folder / "a.txt"), "two");
  EXPECT_EQ(entries(), 1u);
}

TEST_F(Output, AFolderWithoutCommitLeavesNothing) {
  {
    OutputDirectory out(folder / "out");
    writeFile(out.staging() / "x", "x");
  }
  EXPECT_EQ(entries(), 0u);
}

TEST_F(Output, AFolderReplacesTheOldOne) {
  for (const char *text : {"one", "two"}) {
    OutputDirectory out(folder / "out/");
    writeFile(out.staging() / text, text);
    out.commit();
  }
  EXPECT_EQ(entries(), 1u);
  EXPECT_FALSE(fs::exists(folder / "out/one"));
  EXPECT_EQ(readTextFile(folder / "out/two"), "two");
}

std::string messageOf(const std::function<void()> &action) {
  try {
    action();
  } catch (const InputError &error) {
    return error.what();
  }
  return "no error";
}

TEST_F(Output, EveryFaultIsNamed) {
  using testing::HasSubstr;
  writeFile(folder / "file", "x");
  EXPECT_THAT(messageOf([&] { MappedFile missing(folder / "missing"); }), HasSubstr("cannot be opened: No such file"));
  EXPECT_THAT(messageOf([&] { MappedFile directory(folder); }), HasSubstr("is not a regular file"));
  EXPECT_THAT(messageOf([&] { writeFile(folder / "file" / "x", "x"); }), HasSubstr("folder cannot be created"));
  EXPECT_THAT(messageOf([&] { OutputDirectory out(folder / "file"); }),
              HasSubstr("is a file (a folder is to be written there)"));
  EXPECT_THAT(messageOf([&] { OutputDirectory out(folder / "file/deep/out"); }),
              testing::EndsWith("file/deep/out: folder cannot be created: Not a directory"));
  EXPECT_THAT(messageOf([&] { writeFile("/dev/null/x", "x"); }), HasSubstr("/dev/null: folder cannot be created"));
  EXPECT_THAT(messageOf([&] { writeFile("/proc/mase", "x"); }), HasSubstr("/proc/mase: cannot be written"));
  {
    OutputDirectory out(folder / "late"); // a file takes the place meanwhile: it stays
    fs::create_directories(folder / "late");
    fs::remove_all(out.staging());
    EXPECT_THAT(messageOf([&] { out.commit(); }), HasSubstr("late: folder cannot be replaced: No such file"));
  }
  fs::create_directories(folder / "full/inside");
  EXPECT_THAT(messageOf([&] { writeFile(folder / "full", "x"); }), HasSubstr("cannot be replaced"));
}

} // namespace
} // namespace mase
