// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Kernels and codecs give the same bytes with any number of threads. That number is fixed when work starts for the
// first time, so this program runs itself once for each and compares what it prints.

#include "mase/formats/registry.h"
#include "mase/support/parallel.h"
#include "mase/support/random.h"

#include <cstdio>
#include <filesystem>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <limits>

namespace mase {
namespace {

// Every family, every kernel, blocks that threads share bytes between (e4, e5: scales of 4 and 5 bits).
constexpr const char *names[] = {"fp32",
                                 "bf16",
                                 "fp<4,3>",
                                 "fp<7,4>",
                                 "fixed<8,4>",
                                 "fixed<13,5>",
                                 "fixed<24,12>",
                                 "int8/0.02",
                                 "int5/0.02",
                                 "mxint3",
                                 "mxint8",
                                 "mxint12",
                                 "mxint4:1x16/e5",
                                 "mxint5:16x2/e4",
                                 "mxint4:1x7",
                                 "mxint8:row",
                                 "mxint4:tensor",
                                 "mxint8:16x2",
                                 "mxfp4",
                                 "mxfp6_e2m3/e5",
                                 "mxfp8_e4m3",
                                 "bmf<5,8>",
                                 "bmf<4,3>:3x5/e7",
                                 "bl8",
                                 "bl5:16x2",
                                 "int8",
                                 "int3",
                                 "int8:row",
                                 "int12:row",
                                 "int4:16x2",
                                 "int8:1x7",
                                 "nvfp4",
                                 "nvfp4/e4m3-row",
                                 "nvfp4:16x2",
                                 "table(nf4)",
                                 "table(nf4):1x32/e5",
                                 "table(nf4):16x2",
                                 "table(nf4):tensor",
                                 "table(nf4):1x16/e4m3-row",
                                 "mxint4@mase"};

uint64_t digest(uint64_t seed, const void *data, size_t size) { // FNV-1a
  const auto *bytes = static_cast<const unsigned char *>(data);
  for (size_t i = 0; i < size; ++i)
    seed = (seed ^ bytes[i]) * 0x100000001B3;
  return seed;
}

uint64_t digestOf(const Format &format, int64_t rows, int64_t cols) {
  std::vector<float> x(static_cast<size_t>(rows * cols)), y(x.size());
  Random random(8);
  for (size_t i = 0; i < x.size(); ++i)
    x[i] = static_cast<float>(random.uniform() - 0.5) * static_cast<float>(1 + i / 5000 % 7);
  x[x.size() / 3] = std::numeric_limits<float>::denorm_min(); // some blocks are the reference's
  std::fill_n(x.begin() + 5 * cols, cols, 0x1p-140F);
  format.fakeQuantize({x.data(), rows, cols}, {y.data(), rows, cols});
  uint64_t sum = digest(0xCBF29CE484222325, y.data(), y.size() * sizeof(float));
  if (!format.isEmulationOnly()) {
    const EncodedMatrix codes = format.encode({x.data(), rows, cols});
    for (const PackedCodes *part : {&codes.elements, &codes.scales, &codes.outer})
      sum = digest(sum, part->bytes().data(), part->bytes().size());
    format.decode(codes, {y.data(), rows, cols});
    sum = digest(sum, y.data(), y.size() * sizeof(float));
  }
  format.fakeQuantize({x.data(), rows, cols}, {x.data(), rows, cols});
  return digest(sum, x.data(), x.size() * sizeof(float));
}

// What the test below runs.
TEST(Digests, DISABLED_Print) {
  for (const char *name : names)
    for (const int64_t cols : {1003, 1024}) // rows that begin inside a byte, and rows that do not
      fmt::print("digest {} {} {:016x}\n", name, cols, digestOf(parseFormat(name), 290, cols));
  fmt::print("threads {}\n", threads());
}

std::string outputWith(int count) {
  const std::string program = std::filesystem::read_symlink("/proc/self/exe").string();
  const std::string command = fmt::format(
      "MASE_THREADS={} '{}' --gtest_filter=Digests.DISABLED_Print --gtest_also_run_disabled_tests", count, program);
  std::string text, digests;
  FILE *pipe = popen(command.c_str(), "r");
  if (!pipe)
    return "popen failed";
  char buffer[4096];
  while (const size_t size = fread(buffer, 1, sizeof buffer, pipe))
    text.append(buffer, size);
  EXPECT_EQ(pclose(pipe), 0) << text;
  EXPECT_NE(text.find(fmt::format("threads {}\n", count)), std::string::npos) << text;
  for (size_t begin = 0, end = 0; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1)
    if (text.compare(begin, 7, "digest ") == 0)
      digests += text.substr(begin, end + 1 - begin);
  return digests;
}

TEST(Threads, DoNotChangeAByte) {
  const std::string one = outputWith(1);
  EXPECT_EQ(std::count(one.begin(), one.end(), '\n'), static_cast<int64_t>(2 * std::size(names)));
  for (int count : {2, 3, 5})
    EXPECT_EQ(outputWith(count), one) << count << " threads";
}

} // namespace
} // namespace mase
