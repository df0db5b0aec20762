// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The two arithmetics of microxcaling against figures that it computed (testdata/microxcaling).

#include "mase/formats/registry.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <fmt/format.h>
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

namespace mase {
namespace {

const std::string folder = MASE_SOURCE_DIR "/mase/formats/testdata/microxcaling/";

std::string read(const std::string &name) {
  std::ifstream file(folder + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

struct Case {
  uint32_t id;
  int64_t rows, cols;
  std::string format, line; // without the rounding
  std::string ties;         // "", "-even", "-floor"
  bool flush, alongRows;
  std::vector<float> x, y;
};

std::vector<Case> readCases() {
  const std::string inputs = read("inputs.bin"), outputs = read("outputs.bin"), table = read("cases.csv");
  const auto places = nlohmann::json::parse(read("inputs.json"));
  const std::map<std::string, std::string> elements = {
      {"int8", "mxint8"},         {"int4", "mxint4"},         {"fp8_e4m3", "mxfp8_e4m3"}, {"fp8_e5m2", "mxfp8_e5m2"},
      {"fp6_e3m2", "mxfp6_e3m2"}, {"fp6_e2m3", "mxfp6_e2m3"}, {"fp4_e2m1", "mxfp4"}};
  const std::map<std::string, std::string> ties = {{"nearest", ""}, {"even", "-even"}, {"floor", "-floor"}};
  std::vector<Case> cases;
  std::istringstream lines(table);
  std::string line, field;
  std::getline(lines, line);
  while (std::getline(lines, line)) {
    std::vector<std::string> f;
    std::istringstream fields(line);
    while (std::getline(fields, field, ','))
      f.push_back(field);
    Case c{static_cast<uint32_t>(std::stoul(f[0])),
           std::stol(f[2]),
           std::stol(f[3]),
           "",
           line,
           ties.at(f[5]),
           f[9] == "1",
           f[7] == "-1",
           {},
           {}};
    c.format = fmt::format("{}:{}/e{}", elements.at(f[4]), c.alongRows ? "1x" + f[6] : f[6] + "x1", f[8]);
    const auto count = static_cast<size_t>(c.rows * c.cols);
    c.x.resize(count), c.y.resize(count);
    std::memcpy(c.x.data(), inputs.data() + places[f[1]]["offset"].get<size_t>(), count * sizeof(float));
    std::memcpy(c.y.data(), outputs.data() + std::stoul(f[10]), count * sizeof(float));
    cases.push_back(std::move(c));
  }
  return cases;
}

// Elements whose bits differ; NaN is one class.
int differences(const Case &c, const std::vector<float> &got, const std::vector<float> &expected) {
  int count = 0;
  for (size_t i = 0; i < got.size(); ++i) {
    if (std::bit_cast<uint32_t>(got[i]) == std::bit_cast<uint32_t>(expected[i]) ||
        (std::isnan(got[i]) && std::isnan(expected[i])))
      continue;
    if (count++ == 0)
      ADD_FAILURE() << c.line << ": element " << i << ", " << c.x[i] << ", became " << got[i] << ", not "
                    << expected[i];
  }
  return count;
}

std::vector<float> quantize(const Case &c, const std::string &rounding) {
  std::vector<float> y(c.x.size());
  const Format &format = parseFormat(fmt::format("{}@{}{}{}", c.format, rounding, c.ties, c.flush ? "-flush" : ""));
  format.fakeQuantize({c.x.data(), c.rows, c.cols}, {y.data(), c.rows, c.cols});
  return y;
}

TEST(MxCpu, EqualsMicroxcalingInEveryBit) {
  const std::vector<Case> cases = readCases();
  ASSERT_EQ(cases.size(), 130U);
  for (const Case &c : cases)
    EXPECT_EQ(differences(c, quantize(c, "mx-cpu"), c.y), 0) << c.line;
}

TEST(MxExt, EqualsItsExtensionInEveryBit) {
  struct Record {
    uint32_t id, element, cpu, extension;
  };
  std::vector<Case> cases = readCases();
  const std::string bytes = read("cudasem_diff.bin");
  ASSERT_GT(bytes.size(), 100 * sizeof(Record));
  for (Case &c : cases)
    for (float &value : c.y)
      value += 0.0F; // the extension has no negative zero
  for (size_t at = 0; at + sizeof(Record) <= bytes.size(); at += sizeof(Record)) {
    Record record{};
    std::memcpy(&record, bytes.data() + at, sizeof(Record));
    cases.at(record.id).y.at(record.element) = std::bit_cast<float>(record.extension);
  }
  for (const Case &c : cases)
    if (c.alongRows) { // the records say nothing of the others
      EXPECT_EQ(differences(c, quantize(c, "mx-ext"), c.y), 0) << c.line;
    }
}

// What the two disagree on is there at all: a maximum just under a power of two, and a value just under a half.
TEST(MxCpu, IsNotExact) {
  std::vector<float> x(32);
  x[0] = std::nextafter(0x1p20F, 0.0F), x[1] = 0x1p13F;
  auto quantized = [&](const char *name) {
    std::vector<float> y(32);
    parseFormat(name).fakeQuantize({x.data(), 1, 32}, {y.data(), 1, 32});
    return y;
  };
  EXPECT_EQ(quantized("mxint8@mx-cpu")[0], 0x1p20F);
  EXPECT_EQ(quantized("mxint8@mx-ext")[0], 127 * 0x1p13F);
  EXPECT_EQ(quantized("mxint8")[0], 127 * 0x1p13F);
}

} // namespace
} // namespace mase
