// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One trial of a search, evaluation alone: 16 windows of 256 tokens, every linear's weight and input in mxint4, two
// threads, everything in memory before the clock starts.
//
//   bench_trial MODEL TEXT PEER_SCRIPT [REPETITIONS]
//
//   cold   a plan that has seen no assignment: weights are quantised and packed, buffers allocated, windows run
//   warm   the plan of the trial before: weights in this format are resident
//
// The environment's MASE_PEERS names a Python that has torch; PEER_SCRIPT then does the same in eager mode. Exit status
// 1, and no ratio, when the losses differ by more than 0.005 (emulated losses are chaotic: docs/performance.md).

#include "bench/harness/machine.h"
#include "bench/harness/ratio.h"
#include "bench/trial/peer_process.h"
#include "mase/formats/registry.h"
#include "mase/frontend/model.h"
#include "mase/support/error.h"
#include "mase/support/output.h"
#include "mase/support/parallel.h"

#include <cmath>
#include <cstdlib>
#include <fmt/core.h>
#include <fstream>
#include <unistd.h>

using namespace mase;
using namespace mase::bench;
namespace fs = std::filesystem;

namespace {

constexpr int64_t windowCount = 16, context = 256;
constexpr double tolerance = 0.005;

/// The ids of the windows and the target of the last one, for a peer without our tokenizer: int32, native order.
class IdsFile {
public:
  explicit IdsFile(const TextWindows &text)
      : path_(fs::temp_directory_path() / fmt::format("mase-bench-{}", getpid())) {
    std::ofstream file(path_, std::ios::binary);
    auto write = [&](std::span<const int32_t> ids) {
      file.write(reinterpret_cast<const char *>(ids.data()), static_cast<std::streamsize>(ids.size_bytes()));
    };
    for (int64_t w = 0; w < text.count(); ++w)
      write(text.inputs(w));
    write(text.targets(text.count() - 1).last(1));
  }
  ~IdsFile() { fs::remove(path_); }
  const fs::path &path() const { return path_; }

private:
  fs::path path_;
};

int compare(const fs::path &directory, const fs::path &textFile, const fs::path &script, int repetitions) {
  setThreads(2);
  Model model = Model::open(directory);
  const TextWindows text = model.windows(textFile, context).slice(0, windowCount);
  const std::vector<WindowView> windows = views(text);

  Plan resident = model.plan(context);
  const FormatAssignment assignment = resident.uniform(parseFormat("mxint4"));
  const double loss = evaluate(resident, assignment, windows).loss;
  std::vector<Plan> fresh; // one a repetition, one to warm up
  for (int i = 0; i <= repetitions; ++i)
    fresh.push_back(model.plan(context));
  size_t used = 0;
  std::vector<Contender> contenders = {{"mase warm", [&] { evaluate(resident, assignment, windows); }},
                                       {"mase cold", [&] { evaluate(fresh.at(used++), assignment, windows); }}};

  fmt::print("one trial of {}, {} x {} tokens, mxint4 everywhere, 2 threads\n{}\n", model.name(), windowCount, context,
             machine());
  const char *python = std::getenv("MASE_PEERS");
  if (!python || !*python) {
    const std::vector<Timing> timings = measure(contenders, repetitions, Clock::wall);
    fmt::print("  mase   loss {:.5f}, best {:.1f} ms warm, {:.1f} ms cold\n", loss, 1e3 * timings[0].best(),
               1e3 * timings[1].best());
    fmt::print("  torch  not measured: MASE_PEERS names no Python that has torch\n");
    return 0;
  }

  const IdsFile ids(text);
  PeerProcess peer({python, script, directory, ids.path(), std::to_string(windowCount), std::to_string(context), "4"});
  const std::string version = peer.read();
  const std::string answer = peer.ask("cold");
  const double peerLoss = answer.empty() ? NAN : std::strtod(answer.c_str(), nullptr);
  if (!(std::abs(peerLoss - loss) <= tolerance)) {
    fmt::print(stderr, "the peer's loss is '{}', ours {:.5f}: more than {} apart\n", answer, loss, tolerance);
    return 1;
  }
  contenders.push_back({"torch warm", [&] { peer.ask("warm"); }});
  contenders.push_back({"torch cold", [&] { peer.ask("cold"); }});
  const std::vector<Timing> timings = measure(contenders, repetitions, Clock::wall);
  fmt::print("  loss: mase {:.5f}, {} eager {:.5f}\n", loss, version, peerLoss);
  for (size_t kind : {0, 1})
    fmt::print("  {} / torch   {}   {:.1f} ms against {:.1f}\n", timings[kind].name,
               speedRatio(timings[kind], timings[kind + 2]), 1e3 * timings[kind].best(),
               1e3 * timings[kind + 2].best());
  return 0;
}

} // namespace

int main(int argc, char **argv) {
  if (argc < 4) {
    fmt::print(stderr, "usage: bench_trial MODEL TEXT PEER_SCRIPT [REPETITIONS]\n");
    return 2;
  }
  try {
    return compare(argv[1], argv[2], argv[3], argc > 4 ? std::atoi(argv[4]) : 15);
  } catch (const std::exception &error) {
    fmt::print(stderr, "bench_trial: {}\n", error.what());
    return 2;
  }
}
