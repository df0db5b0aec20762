// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Rounding `mase` against the outputs of the published MASE quantisers, which are not part of the project: MASE_SHARED
// names the folder above `vectors/`.

#include "mase/formats/registry.h"

#include <bit>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <fmt/format.h>
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

namespace mase {
namespace {

std::string read(const std::string &path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// "width=8;exponent_width=8;block=1x32"
std::map<std::string, std::string> parameters(const std::string &text) {
  std::map<std::string, std::string> result;
  std::istringstream fields(text);
  for (std::string field; std::getline(fields, field, ';');)
    result[field.substr(0, field.find('='))] = field.substr(field.find('=') + 1);
  return result;
}

std::string formatOf(const std::string &quantizer, std::map<std::string, std::string> p) {
  if (quantizer == "block_fp")
    return fmt::format("mxint{}:{}@mase", p["width"], p["block"]);
  if (quantizer == "mxint")
    return fmt::format("mxint{}:1x{}@mase-mxint", p["element_bits"], p["block"]);
  if (quantizer == "block_log")
    return fmt::format("bl{}:{}@mase", p["width"], p["block"]);
  const int exponentBits = std::stoi(p["exponent_width"]);
  return fmt::format("bmf<{},{}>:{}@mase", exponentBits, std::stoi(p["width"]) - 1 - exponentBits, p["block"]);
}

TEST(Mase, EqualsThePublishedQuantisersInEveryBit) {
  const char *shared = std::getenv("MASE_SHARED");
  if (!shared)
    GTEST_SKIP() << "MASE_SHARED is not set: the outputs of the published quantisers are not here";
  const std::string folder = std::string(shared) + "/vectors/";
  const std::string inputs = read(folder + "inputs.bin"), outputs = read(folder + "mase_outputs.bin");
  const auto places = nlohmann::json::parse(read(folder + "inputs.json"));
  std::istringstream lines(read(folder + "mase_cases.csv"));
  std::string line;
  std::getline(lines, line);
  int cases = 0;
  for (; std::getline(lines, line); ++cases) {
    std::vector<std::string> f;
    std::istringstream fields(line);
    for (std::string field; std::getline(fields, field, ',');)
      f.push_back(field);
    const int64_t rows = std::stol(f[1]), cols = std::stol(f[2]);
    const auto count = static_cast<size_t>(rows * cols);
    std::vector<float> x(count), y(count), expected(count);
    std::memcpy(x.data(), inputs.data() + places[f[0]]["offset"].get<size_t>(), count * sizeof(float));
    std::memcpy(expected.data(), outputs.data() + std::stoul(f[5]), count * sizeof(float));
    parseFormat(formatOf(f[3], parameters(f[4]))).fakeQuantize({x.data(), rows, cols}, {y.data(), rows, cols});
    for (size_t i = 0; i < count; ++i)
      ASSERT_TRUE(std::bit_cast<uint32_t>(y[i]) == std::bit_cast<uint32_t>(expected[i]) ||
                  (std::isnan(y[i]) && std::isnan(expected[i])))
          << line << ": element " << i << ", " << x[i] << ", became " << y[i] << ", not " << expected[i];
  }
  EXPECT_EQ(cases, 32);
}

} // namespace
} // namespace mase
