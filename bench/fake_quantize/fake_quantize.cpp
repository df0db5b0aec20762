// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Fake quantisation, packing and unpacking of a 4096 x 4096 fp32 matrix in one thread, as ratios to a copy of the same
// matrix; and, where MASE_PEERS names a Python that can import microxcaling's `mx`, to that.
//
//   bench_fake_quantize [PEER_SCRIPT [REPETITIONS [PART_OF_NAME]]]     exit status 1, and no figure, when an output
//   differs. A part of no name below is taken as a format.

#include "bench/harness/machine.h"
#include "bench/harness/peer_process.h"
#include "bench/harness/ratio.h"
#include "mase/formats/block_format.h"
#include "mase/formats/registry.h"
#include "mase/support/parallel.h"
#include "mase/support/random.h"

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fmt/core.h>
#include <fstream>
#include <gnu/libc-version.h>
#include <hwy/aligned_allocator.h>
#include <unistd.h>
#include <vector>

using namespace mase;
using namespace mase::bench;

namespace {

constexpr int64_t size = 4096;
constexpr clockid_t mine = CLOCK_THREAD_CPUTIME_ID;

struct Subject {
  const char *name;
  const char *microxcaling; // its name of the element, or null
};
constexpr Subject subjects[] = {
    {"mxint4", "int4"},         {"mxint8", "int8"},           {"mxfp4", "fp4_e2m1"},       {"mxfp6_e2m3", "fp6_e2m3"},
    {"mxfp8_e4m3", "fp8_e4m3"}, {"mxfp8_e5m2", "fp8_e5m2"},   {"bmf<4,3>", nullptr},       {"bl8", nullptr},
    {"mxint8:16x2", nullptr},   {"mxfp8_e4m3:16x2", nullptr}, {"int8", nullptr},           {"int8:row", nullptr},
    {"int4:row", nullptr},      {"nvfp4", nullptr},           {"bf16", nullptr},           {"fp16", nullptr},
    {"fixed<8,5>", nullptr},    {"table(nf4)", nullptr},      {"table(nf4_8)", nullptr},   {"int8:1x32", nullptr},
    {"int8:16x2", nullptr},     {"nvfp4:16x2", nullptr},      {"nvfp4/e4m3-row", nullptr}, {"mxint12", nullptr},
    {"bmf<5,8>", nullptr},
};

std::vector<float> weightLike() {
  Random random(1);
  std::vector<float> values(static_cast<size_t>(size * size));
  for (float &value : values)
    value = static_cast<float>(random.uniform() + random.uniform() + random.uniform() - 1.5);
  return values;
}

double sumOfMagnitudes(const float *x) {
  double sum = 0;
  for (int64_t i = 0; i < size * size; ++i)
    sum += std::fabs(static_cast<double>(x[i]));
  return sum;
}

/// The peer with its copy of the matrix, or nothing when there is none.
std::unique_ptr<PeerProcess> startPeer(const char *script, const std::vector<float> &input) {
  const char *python = std::getenv("MASE_PEERS");
  if (!python || !script)
    return nullptr;
  auto peer = std::make_unique<PeerProcess>(
      std::vector<std::string>{python, script, std::to_string(size), std::to_string(size)});
  if (peer->read() != "ready") {
    fmt::print("  (microxcaling left out: {} cannot import mx)\n", python);
    return nullptr;
  }
  const auto path = std::filesystem::temp_directory_path() / fmt::format("mase-bench-{}", getpid());
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char *>(input.data()), static_cast<std::streamsize>(input.size() * sizeof(float)));
  const bool read = peer->ask(path.string()) == "read";
  std::filesystem::remove(path);
  return read ? std::move(peer) : nullptr;
}

} // namespace

int main(int argc, char **argv) {
  setThreads(1);
  const char *script = argc > 1 ? argv[1] : nullptr;
  const int repetitions = argc > 2 ? std::atoi(argv[2]) : 15;
  const std::vector<float> input = weightLike();
  const auto output = hwy::AllocateAligned<float>(input.size());
  const auto aligned = hwy::AllocateAligned<float>(input.size());
  std::copy(input.begin(), input.end(), aligned.get());
  const ConstMatrixView x(aligned.get(), size, size);
  const MatrixView y(output.get(), size, size);
  const auto inPlace = hwy::AllocateAligned<float>(input.size());
  std::vector<float> expected(input.size());
  const MatrixView self(inPlace.get(), size, size);

  fmt::print("fake quantisation and packing, {0} x {0} fp32, one thread, processor time; speed relative to memcpy "
             "(glibc {1})\n{2}\n",
             size, gnu_get_libc_version(), machine());
  const std::unique_ptr<PeerProcess> peer = startPeer(script, input);
  fmt::print("  {:<16} {:<28} {:<28} {:<28} {}\n", "", "out of place", "in place", "packing", "unpacking");
  std::vector<Subject> chosen;
  for (const Subject &subject : subjects)
    if (argc <= 3 || std::strstr(subject.name, argv[3]))
      chosen.push_back(subject);
  if (chosen.empty())
    chosen.push_back({argv[3], nullptr});
  for (const Subject &subject : chosen) {
    const Format &format = parseFormat(subject.name);
    const auto *block = dynamic_cast<const BlockFormat *>(&format);
    format.fakeQuantize(x, y);
    // The others' kernels are held against their definitions by tests.
    if (block)
      block->reference(x, {expected.data(), size, size});
    else
      std::copy_n(y.data, expected.size(), expected.data());
    std::copy(input.begin(), input.end(), inPlace.get());
    format.fakeQuantize(self, self);
    EncodedMatrix codes;
    format.encode(x, codes);
    bool same = std::memcmp(output.get(), expected.data(), expected.size() * sizeof(float)) == 0 &&
                std::memcmp(inPlace.get(), expected.data(), expected.size() * sizeof(float)) == 0;
    format.decode(codes, y);
    for (size_t i = 0; i < expected.size() && same; ++i)
      same = output[i] == expected[i];
    if (!same) {
      fmt::print(stderr, "{}: a kernel differs from the reference\n", subject.name);
      return 1;
    }
    // All write to the same memory: where in the machine a matrix lies changes its speed by a tenth.
    // What is quantised stays as it is when quantised again: every repetition in place does the same work.
    std::vector<Contender> contenders = {
        {"memcpy", [&] { std::memcpy(y.data, x.data, input.size() * sizeof(float)); }, mine},
        {"out of place", [&] { format.fakeQuantize(x, y); }, mine},
        {"in place", [&] { format.fakeQuantize(self, self); }, mine},
        {"packing", [&] { format.encode(x, codes); }, mine},
        {"unpacking", [&] { format.decode(codes, y); }, mine}};
    const std::vector<Timing> timings = measure(contenders, repetitions);
    fmt::print("  {:<16}", subject.name);
    for (size_t k = 1; k < timings.size(); ++k)
      fmt::print(" {:<28}", speedRatio(timings[k], timings[0]));
    fmt::print("\n");
    if (!peer || !subject.microxcaling)
      continue;
    const double sum = sumOfMagnitudes(expected.data()), theirs = std::stod(peer->ask(subject.microxcaling));
    if (std::fabs(sum - theirs) > 1e-6 * sum) {
      fmt::print(stderr, "{}: microxcaling's matrix sums to {}, ours to {}\n", subject.name, theirs, sum);
      return 1;
    }
    const std::vector<Timing> pair = measure({{"microxcaling", [&] { peer->ask(subject.microxcaling); }, peer->clock()},
                                              {"mase", [&] { format.fakeQuantize(x, y); }, mine}},
                                             3);
    fmt::print("  {:<16} to microxcaling: {}\n", "", speedRatio(pair[1], pair[0]));
  }
  return 0;
}
