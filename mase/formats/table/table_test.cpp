// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/formats/block_format.h"
#include "mase/formats/registry.h"
#include "mase/formats/table/table_element.h"
#include "mase/formats/testing/format_contract.h"
#include "mase/support/damaged.h"
#include "mase/support/error.h"

#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <gmock/gmock.h>
#include <unistd.h>

namespace mase {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class Table : public testing::Test {
protected:
  Table() { fs::create_directories(folder_); }
  ~Table() override { fs::remove_all(folder_); }

  // Every file has a name of its own: formats live as long as the program.
  std::string written(const std::string &text) {
    static int count = 0;
    const fs::path path = folder_ / fmt::format("table{}.toml", ++count);
    std::ofstream(path) << text;
    return "table(" + path.string() + ")";
  }

  std::string errorOf(const std::string &text) {
    try {
      return "no error: " + parseFormat(written(text)).name();
    } catch (const InputError &error) {
      return error.what();
    }
  }

  fs::path folder_ = fs::temp_directory_path() / fmt::format("mase-table-{}", getpid());
};

TEST_F(Table, AFileIsAFormat) {
  const Format &format = parseFormat(written("values = [0, 1, -1, 4, -4]\nblock = \"1x8\"\nscale = \"e5\"\n"));
  EXPECT_EQ(format.elementBits(), 3);
  EXPECT_EQ(format.block(), (BlockShape{1, 8}));
  EXPECT_EQ(format.scaleBits(), 5);
  EXPECT_EQ(format.elementInteger(4), (ElementInteger{-4, 0}));
  std::vector<float> x = {4, 2.5F, 2.6F, -0.4F, 100, 3, 0, 0}, y(8);
  format.fakeQuantize({x.data(), 1, 8}, {y.data(), 1, 8});
  // The largest, 100, lies in the octave of 64, that of 4 is 4: the scale is 16. A tie would go to the smaller
  // magnitude.
  EXPECT_EQ(y, (std::vector<float>{0, 0, 0, 0, 64, 0, 0, 0}));
  x[4] = 4;
  format.fakeQuantize({x.data(), 1, 8}, {y.data(), 1, 8});
  EXPECT_EQ(y, (std::vector<float>{4, 1, 4, 0, 4, 4, 0, 0}));
}

TEST_F(Table, KeepsTheContract) {
  for (const char *text :
       {"exponent = 2\nmantissa = 1\nscale = \"fp32\"\nblock = \"1x16\"\n", "exponent = 3\nmantissa = 0\n",
        "values = [0, 1, 2, 3, -1, -2, -3, 0.5, -0.5]\nblock = \"row\"\n",
        "values = [-1.0, -0.7, -0.3, 0, 0.3, 0.7, 1.0]\nscale = \"e4m3\"\nsignificand = 6\n"}) {
    const Format &format = parseFormat(written(text));
    EXPECT_TRUE(format.hasIntegers()) << text;
    for (const testing_formats::ContractCheck &check : testing_formats::contractChecks())
      EXPECT_EQ(check.run(format), "") << check.name << " of\n" << text;
  }
}

TEST_F(Table, AFormulaIsTheFamilyThatHasIt) {
  const Format &table = parseFormat(written("exponent = 2\nmantissa = 1\n")), &mxfp4 = parseFormat("mxfp4");
  std::vector<float> x(64), a(64), b(64);
  for (size_t i = 0; i < x.size(); ++i)
    x[i] = static_cast<float>(i * i) / 37 - 20;
  table.fakeQuantize({x.data(), 1, 64}, {a.data(), 1, 64});
  mxfp4.fakeQuantize({x.data(), 1, 64}, {b.data(), 1, 64});
  EXPECT_EQ(a, b);
}

TEST_F(Table, SignificandsAreDyadic) {
  EXPECT_FALSE(parseFormat("table(nf4)").hasIntegers());
  const TableElement element({0, 0.75, -1.0});
  EXPECT_EQ(element.significandBits(), 3);
  EXPECT_EQ(element.unitExponent(), -2);
  EXPECT_EQ(element.integer(2), (ElementInteger{-4, 0}));
  EXPECT_FALSE(element.symmetric());
}

TEST_F(Table, FaultsOfTheFileAreNamedWithTheirPlace) {
  EXPECT_THAT(errorOf("values = [0, 1\nscale"), HasSubstr(".toml:2:1: not TOML"));
  EXPECT_THAT(errorOf("scale = \"e8\"\n"),
              HasSubstr("elements are either 'values' or 'exponent' and 'mantissa' (one of them)"));
  EXPECT_THAT(errorOf("values = [0, 1]\nexponent = 2\n"), HasSubstr("elements are either 'values' or 'exponent'"));
  EXPECT_THAT(errorOf("exponent = 2\n"), HasSubstr("key 'mantissa' is missing"));
  EXPECT_THAT(errorOf("exponent = 7\nmantissa = 1\n"),
              HasSubstr(".toml:1:12: 'exponent' is not a whole number from 1 to 6"));
  EXPECT_THAT(errorOf("values = [0]\n"), HasSubstr(".toml:1:10: there are 1 values (2 to 256 are possible)"));
  EXPECT_THAT(errorOf("values = [1, 0, 1.0]\n"),
              HasSubstr(".toml:1:10: value 1 is there twice (each code has its own)"));
  EXPECT_THAT(errorOf("values = [1, 2]\n"),
              HasSubstr("zero is not among the values (blocks at the edge are padded with it)"));
  EXPECT_THAT(errorOf("values = [0, 1e30]\n"),
              HasSubstr("value 1e+30 is out of range (magnitudes from 2^-60 to 2^60, and zero)"));
  EXPECT_THAT(errorOf("values = [0, \"a\"]\n"), HasSubstr(".toml:1:14: 'values' holds something that is not a number"));
  EXPECT_THAT(errorOf("values = [0, 1, 0.99]\nsignificand = 3\n"),
              HasSubstr(".toml:2:15: 3 bits do not tell all values apart (more are needed)"));
  EXPECT_THAT(errorOf("values = [0, 1]\nblock = \"32\"\n"),
              HasSubstr(".toml:2:9: '32' is no block (such as \"1x32\", \"row\" or \"tensor\")"));
  EXPECT_THAT(errorOf("values = [0, 1]\nscale = \"e9\"\n"),
              HasSubstr(".toml:2:9: 'e9' is no scale (e4 to e8, fp32, e4m3)"));
  EXPECT_THAT(errorOf("values = [0, 1]\nblocks = \"1x2\"\n"), HasSubstr(".toml:2:1: unknown key 'blocks'"));
  try {
    parseFormat("table(nf5)");
    FAIL() << "no error";
  } catch (const InputError &error) {
    EXPECT_THAT(error.what(), HasSubstr("there is no table 'nf5' (nf4, or a path to a .toml)"));
  }
}

TEST_F(Table, DamagedFilesAreReadOrRefused) {
  const std::string text =
      "values = [-1.0, -0.5, 0.0, 0.5, 1.0]\nscale = \"fp32\"\nblock = \"1x64\"\nsignificand = 8\n";
  int refused = 0;
  for (uint64_t i = 0; i < 400; ++i) {
    Random random(0x7AB1E, i);
    const std::string error = errorOf(damaged(text, random));
    EXPECT_EQ(error.find('\n'), std::string::npos) << error;
    refused += !error.starts_with("no error");
  }
  EXPECT_GT(refused, 100);
}

} // namespace
} // namespace mase
