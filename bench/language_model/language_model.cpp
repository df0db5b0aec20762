// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A language model at work: prompts of 512 tokens (fewer where the model has no more positions), and 32 tokens written
// one at a time behind each.
//
//   bench_language_model MODEL TEXT PEERS [WINDOWS]
//
//   prompt   one sequence from its beginning, the logits of the last token
//   decode   the following tokens through the KV cache, the logits of each
//
// TEXT is cut into windows (32 by default, 16,384 tokens of prompts); a repetition takes one of them through all
// contenders. In one thread by processor time, which a busy machine disturbs less, and in two threads by the clock on
// the wall.
//
// PEERS is the folder with the peers' scripts. MASE_PEERS names a Python that has torch and transformers, and
// llama_cpp for the peer that reads GGUF files: MASE_LLAMA_F32 and MASE_LLAMA_Q8_0 name the same model in those types.
// Exit status 1, and no ratio, when the losses of what follows the first prompt differ from our float's by more than
// 0.01 in fp32, 0.1 in 8 bits, or 3 in 4 (weights and inputs, without any training).

#include "bench/harness/machine.h"
#include "bench/harness/peer_process.h"
#include "bench/harness/ratio.h"
#include "mase/formats/registry.h"
#include "mase/frontend/model.h"
#include "mase/runtime/log_sum.h"
#include "mase/support/error.h"
#include "mase/support/parallel.h"

#include <cmath>
#include <cstdlib>
#include <fmt/core.h>
#include <fstream>
#include <memory>
#include <unistd.h>

using namespace mase;
using namespace mase::bench;
namespace fs = std::filesystem;

namespace {

constexpr int64_t mostPromptTokens = 512, decodedTokens = 32;

/// Whoever does the work: `window` is the number of a text; decode and loss come after the prompt of the same window.
class Worker {
public:
  Worker(std::string name, double tolerance) : name(std::move(name)), tolerance(tolerance) {}
  virtual ~Worker() = default;
  virtual void work(const char *kind, int64_t window, int threads) = 0;
  virtual double loss(int64_t window, int threads) = 0;
  virtual clockid_t clock() const = 0; // of one thread
  const std::string name;
  const double tolerance; // of its loss, to that of our float
};

class Ours final : public Worker {
public:
  Ours(Plan &plan, const TextWindows &text, const char *format, double tolerance)
      : Worker(fmt::format("mase {}", format), tolerance), plan_(plan), text_(text),
        assignment_(plan.uniform(parseFormat(format))), sequence_(plan) {
    plan.prepare(assignment_);
  }

  void work(const char *kind, int64_t window, int threads) override {
    setThreads(threads);
    if (std::string_view(kind) == "prompt") {
      sequence_.restart();
      plan_.run(sequence_, text_.inputs(window).first(static_cast<size_t>(prompt())), assignment_, {.lastToken = true});
      return;
    }
    loss(window, threads, false);
  }
  double loss(int64_t window, int threads) override { return loss(window, threads, true); }
  clockid_t clock() const override { return CLOCK_THREAD_CPUTIME_ID; }

private:
  int64_t prompt() const { return text_.context() - decodedTokens; }
  double loss(int64_t window, int threads, bool wanted) {
    setThreads(threads);
    sequence_.rewind(prompt());
    double sum = 0;
    for (int64_t i = prompt(); i < text_.context(); ++i) {
      const auto at = static_cast<size_t>(i);
      const ConstMatrixView logits =
          plan_.run(sequence_, text_.inputs(window).subspan(at, 1), assignment_, {.lastToken = true});
      if (wanted)
        sum += logSumOf(logits.row(0), logits.cols).logSum - logits.row(0)[text_.targets(window)[at]];
    }
    return sum / decodedTokens;
  }

  Plan &plan_;
  const TextWindows &text_;
  FormatAssignment assignment_;
  Sequence sequence_;
};

class Peer final : public Worker {
public:
  Peer(const std::string &name, double tolerance, const std::vector<std::string> &arguments)
      : Worker(name, tolerance), process_(arguments), version_(process_.read()) {}

  const std::string &version() const { return version_; } // empty: it did not start
  void work(const char *kind, int64_t window, int threads) override { ask(kind, window, threads); }
  double loss(int64_t window, int threads) override {
    const std::string answer = ask("loss", window, threads);
    return answer.empty() ? NAN : std::strtod(answer.c_str(), nullptr);
  }
  clockid_t clock() const override { return process_.clock(); }

private:
  std::string ask(const char *kind, int64_t window, int threads) {
    return process_.ask(fmt::format("{} {} {}", kind, window, threads));
  }
  PeerProcess process_;
  std::string version_;
};

/// The ids of the windows and behind each the target of its last, for peers without our tokenizer: int32, native order.
class IdsFile {
public:
  explicit IdsFile(const TextWindows &text)
      : path_(fs::temp_directory_path() / fmt::format("mase-bench-{}", getpid())) {
    std::ofstream file(path_, std::ios::binary);
    auto write = [&](std::span<const int32_t> ids) {
      file.write(reinterpret_cast<const char *>(ids.data()), static_cast<std::streamsize>(ids.size_bytes()));
    };
    for (int64_t w = 0; w < text.count(); ++w) {
      write(text.inputs(w));
      write(text.targets(w).last(1));
    }
  }
  ~IdsFile() { fs::remove(path_); }
  const fs::path &path() const { return path_; }

private:
  fs::path path_;
};

using Workers = std::vector<std::unique_ptr<Worker>>;

void addPeer(Workers &workers, const char *name, double tolerance, const fs::path &script, const fs::path &model,
             const IdsFile &ids, int64_t prompt) {
  const char *python = std::getenv("MASE_PEERS");
  if (!python || !*python)
    return;
  auto peer = std::make_unique<Peer>(name, tolerance,
                                     std::vector<std::string>{python, script, model, ids.path(), std::to_string(prompt),
                                                              std::to_string(decodedTokens)});
  if (peer->version().empty()) {
    fmt::print("  no {}: it does not start\n", name);
    return;
  }
  fmt::print("  {}: {}\n", name, peer->version());
  workers.push_back(std::move(peer));
}

/// Whether all compute the same model.
bool agree(const Workers &workers) {
  double reference = 0;
  bool good = true;
  for (const auto &worker : workers) {
    worker->work("prompt", 0, 1);
    const double loss = worker->loss(0, 1);
    if (worker == workers.front())
      reference = loss;
    fmt::print("  loss of {}: {:.5f}\n", worker->name, loss);
    if (!(std::abs(loss - reference) <= worker->tolerance)) {
      fmt::print(stderr, "the loss of {} is more than {} from {:.5f}\n", worker->name, worker->tolerance, reference);
      good = false;
    }
  }
  return good;
}

/// Every pair of ours and a peer, at prompts and then at decoding.
void compare(const Workers &workers, int threads, int64_t windows, int64_t prompt) {
  std::vector<Contender> contenders; // of each worker its prompt, then its decoding, which goes on from there
  for (const auto &worker : workers)
    for (const char *kind : {"prompt", "decode"})
      contenders.push_back({worker->name,
                            [&worker = *worker, kind, threads, run = int64_t(0), windows]() mutable {
                              worker.work(kind, run++ % windows, threads); // the first run warms up
                            },
                            threads == 1 ? worker->clock() : CLOCK_MONOTONIC});
  const std::vector<Timing> all = measure(contenders, static_cast<int>(windows));
  const char *how = threads == 1 ? "1 thread, processor," : "2 threads, wall,     ";
  for (size_t kind : {0, 1}) {
    const auto tokens = static_cast<double>(kind == 0 ? prompt : decodedTokens);
    const char *name = kind == 0 ? "prompt" : "decode";
    for (size_t i = kind; i < all.size(); i += 2) {
      fmt::print("  {} {} {:<12} {:8.1f} tokens/s at best\n", how, name, all[i].name, tokens / all[i].best());
      if (all[i].name.rfind("mase", 0) != 0)
        continue;
      for (size_t peer = kind; peer < all.size(); peer += 2)
        if (all[peer].name.rfind("mase", 0) != 0)
          fmt::print("  {} {} {} / {}   {}\n", how, name, all[i].name, all[peer].name, speedRatio(all[i], all[peer]));
    }
  }
}

int run(const fs::path &directory, const fs::path &textFile, const fs::path &peers, int64_t windows) {
  setThreads(2);
  Model model = Model::open(directory);
  const int64_t prompt = std::min(mostPromptTokens, model.config().maxPositions - decodedTokens);
  const TextWindows all = model.windows(textFile, prompt + decodedTokens);
  const TextWindows text = all.slice(0, std::min(windows, all.count()));
  Plan plan = model.plan(text.context());
  fmt::print("{}, {} prompts of {} tokens and {} more of each, speed relative to its peers\n{}\n", model.name(),
             text.count(), prompt, decodedTokens, machine());
  const IdsFile ids(text);
  Workers workers;
  for (const auto &[format, tolerance] : {std::pair{"fp32", 0.0}, {"mxint8", 0.1}, {"mxint4", 3.0}})
    workers.push_back(std::make_unique<Ours>(plan, text, format, tolerance));
  for (const auto &[name, variable, tolerance] :
       {std::tuple{"llama.cpp F32", "MASE_LLAMA_F32", 0.01}, std::tuple{"llama.cpp Q8_0", "MASE_LLAMA_Q8_0", 0.1}}) {
    const char *file = std::getenv(variable);
    if (file && *file)
      addPeer(workers, name, tolerance, peers / "llama_peer.py", file, ids, prompt);
    else
      fmt::print("  no {}: {} names no GGUF file\n", name, variable);
  }
  if (fs::is_directory(directory))
    addPeer(workers, "PyTorch fp32", 0.01, peers / "torch_peer.py", directory, ids, prompt);
  if (!std::getenv("MASE_PEERS"))
    fmt::print("  no peers: MASE_PEERS names no Python\n");
  if (!agree(workers))
    return 1;
  for (int threads : {2, 1})
    compare(workers, threads, text.count(), prompt);
  return 0;
}

} // namespace

int main(int argc, char **argv) {
  if (argc < 4) {
    fmt::print(stderr, "usage: bench_language_model MODEL TEXT PEERS [WINDOWS]\n");
    return 2;
  }
  std::setvbuf(stdout, nullptr, _IOLBF, 0); // it takes minutes
  try {
    return run(argv[1], argv[2], argv[3], argc > 4 ? std::atoi(argv[4]) : 32);
  } catch (const std::exception &error) {
    fmt::print(stderr, "bench_language_model: {}\n", error.what());
    return 2;
  }
}
