// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Test bench of streaming modules, many at once: feeds each its input beats and compares every bit of its output beats.
// First with random stalls on every port, each drawn apart, then without, for the cycles.
//
//   bench FOLDER SEED
//
// FOLDER  has a file of beats for each stream, a hexadecimal word a line
// Prints a line for each module: name, mismatches with stalls, without, cycles without from the first input beat to the
// last output beat, and the cycles from one row to the next. Exit status: 0 it ran, 1 a port waits for ever or breaks
// the handshake.
//
// The build includes first a header with addModules(Vtop &, std::vector<Module> &), the streams of each module.

#include "Vtop.h"
#include "verilated.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

namespace {

[[noreturn]] void stop(const std::string &text) {
  std::printf("%s\n", text.c_str());
  std::exit(1);
}

using Beat = std::vector<uint8_t>; // as a port lies in memory

/// Decides in which cycles a port stalls: one in four at random, now and then for long.
class Stalls {
public:
  Stalls(bool enabled, uint64_t seed) : enabled_(enabled), state_(seed * 0x9E3779B97F4A7C15ull + 1) {}
  bool stalled() {
    if (!enabled_)
      return false;
    state_ ^= state_ << 13, state_ ^= state_ >> 7, state_ ^= state_ << 17; // xorshift
    if (pause_ > 0)
      return --pause_, true;
    if ((state_ >> 8 & 0xFF) == 0)
      pause_ = static_cast<int>((state_ >> 32) % 200);
    return (state_ >> 40 & 3) == 0;
  }

private:
  bool enabled_;
  uint64_t state_;
  int pause_ = 0;
};

struct Stream {
  std::string file;
  void *data;
  size_t bytes;
  uint8_t *valid, *ready;
  std::vector<Beat> beats = {};
  size_t at = 0; // the next beat
  bool offered = false;
  Beat held = {};
  Stalls stalls = {false, 0};
};

struct Module {
  std::string name;
  std::vector<Stream> inputs;
  Stream output;
  int outputBeatsPerRow;
  std::vector<Stream> others; // further outputs
  int64_t mismatches = 0, start = -1, last = 0, firstRow = 0, lastRow = 0;
};

template <typename Port>
Stream stream(const char *file, Port &data, uint8_t &valid, uint8_t &ready) {
  return {file, &data, sizeof(data), &valid, &ready};
}

void addModules(Vtop &top, std::vector<Module> &modules);

void readBeats(Stream &s, const std::string &folder) {
  std::ifstream file(folder + "/" + s.file);
  for (std::string line; file >> line;) {
    Beat beat(s.bytes);
    for (size_t i = 0; i < line.size(); ++i) {
      const char c = line[line.size() - 1 - i];
      const int digit = c <= '9' ? c - '0' : c - 'a' + 10;
      if (i / 2 < beat.size())
        beat[i / 2] |= static_cast<uint8_t>(digit << i % 2 * 4);
    }
    s.beats.push_back(beat);
  }
  if (s.beats.empty())
    stop(folder + "/" + s.file + ": holds no beats");
}

/// What the module sees before the clock's edge.
void before(Module &m) {
  for (Stream &s : m.inputs) {
    s.offered = s.at < s.beats.size() && (s.offered || !s.stalls.stalled());
    *s.valid = s.offered;
    if (s.offered)
      std::memcpy(s.data, s.beats[s.at].data(), s.bytes);
  }
  *m.output.ready = !m.output.stalls.stalled();
  for (Stream &s : m.others)
    *s.ready = !s.stalls.stalled();
}

/// Compares what leaves an output at the edge; returns whether a beat does.
bool compare(Module &m, Stream &y) {
  Beat beat(y.bytes);
  std::memcpy(beat.data(), y.data, y.bytes);
  if (!y.held.empty() && (!*y.valid || beat != y.held))
    stop(m.name + ": a beat changes before it is taken");
  y.held = *y.valid && !*y.ready ? beat : Beat();
  if (!*y.valid || !*y.ready)
    return false;
  if (y.at >= y.beats.size())
    stop(m.name + ": gives more beats than are expected");
  if (beat != y.beats[y.at] && m.mismatches++ == 0 && std::getenv("MASE_SHOW")) {
    std::printf("%s beat %zu want", m.name.c_str(), y.at);
    for (size_t i = y.bytes; i-- > 0;)
      std::printf("%02x", y.beats[y.at][i]);
    std::printf(" got ");
    for (size_t i = y.bytes; i-- > 0;)
      std::printf("%02x", beat[i]);
    std::printf("\n");
  }
  ++y.at;
  return true;
}

/// Which beats move at the edge; returns whether one does.
bool sample(Module &m, int64_t cycle) {
  bool moved = false;
  for (Stream &s : m.inputs)
    if (s.offered && *s.ready) {
      ++s.at, s.offered = false, moved = true;
      m.start = m.start < 0 ? cycle : m.start;
    }
  for (Stream &y : m.others)
    moved = compare(m, y) || moved;
  if (compare(m, m.output)) {
    moved = true;
    m.last = cycle;
    if (m.output.at % static_cast<size_t>(m.outputBeatsPerRow) == 0) {
      m.firstRow = m.lastRow == 0 ? cycle : m.firstRow;
      m.lastRow = cycle;
    }
  }
  return moved;
}

std::vector<Module> simulate(const std::string &folder, uint64_t seed, bool stall) {
  auto context = std::make_unique<VerilatedContext>();
  auto top = std::make_unique<Vtop>(context.get());
  std::vector<Module> modules;
  addModules(*top, modules);
  uint64_t stream = seed * 1000;
  for (Module &m : modules) {
    for (Stream &s : m.inputs)
      readBeats(s, folder), s.stalls = Stalls(stall, ++stream);
    readBeats(m.output, folder), m.output.stalls = Stalls(stall, ++stream);
    for (Stream &s : m.others)
      readBeats(s, folder), s.stalls = Stalls(stall, ++stream);
  }
  auto clock = [&] {
    for (uint8_t level : {1, 0}) {
      top->clk_i = level;
      top->eval();
    }
  };
  top->rst_i = 1;
  for (int i = 0; i < 3; ++i)
    clock();
  top->rst_i = 0;
  int64_t quiet = 0;
  for (int64_t cycle = 0; quiet < 3000; ++cycle) {
    for (Module &m : modules)
      before(m);
    bool moved = false;
    for (Module &m : modules)
      moved = sample(m, cycle) || moved;
    quiet = moved ? 0 : quiet + 1;
    clock();
  }
  for (const Module &m : modules) {
    if (m.output.at < m.output.beats.size())
      stop(m.name + ": waits for ever after " + std::to_string(m.output.at) + " output beats");
    for (const Stream &s : m.others)
      if (s.at < s.beats.size())
        stop(m.name + ": owes beats of " + s.file);
    for (const Stream &s : m.inputs)
      if (s.at < s.beats.size())
        stop(m.name + ": left beats of " + s.file);
  }
  return modules;
}

} // namespace

#include "modules.h"

int main(int argc, char **argv) {
  if (argc != 3)
    stop("usage: bench FOLDER SEED");
  const auto seed = static_cast<uint64_t>(std::atoll(argv[2]));
  const std::vector<Module> stalled = simulate(argv[1], seed, true), free = simulate(argv[1], seed, false);
  for (size_t i = 0; i < free.size(); ++i) {
    const Module &m = free[i];
    const int64_t rows = static_cast<int64_t>(m.output.beats.size()) / m.outputBeatsPerRow;
    std::printf("%s: %lld %lld %lld %.2f\n", m.name.c_str(), static_cast<long long>(stalled[i].mismatches),
                static_cast<long long>(m.mismatches), static_cast<long long>(m.last - m.start + 1),
                rows > 1 ? static_cast<double>(m.lastRow - m.firstRow) / static_cast<double>(rows - 1) : 0.0);
  }
  return 0;
}
