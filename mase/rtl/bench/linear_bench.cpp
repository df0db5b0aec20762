// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Test bench of one kind of linear with its weight memory: feeds rows of input blocks and compares every bit of the
// output with the expected blocks. First with random stalls on all three streams, then without, for the cycles.
//
//   bench WEIGHTS LARGEST_SCALE EXPONENT FACTOR LEAST_SCALE BIAS_SHIFT INPUT EXPECTED ROWS SEED
//
// WEIGHTS    file of the weight memory; the memory's own $readmemh reads it, as standard input
// LARGEST_SCALE to BIAS_SHIFT  constants of the weights, as ports take them
// INPUT      one block of 32 a line: stored scale, then the elements, in decimal
// EXPECTED   the same
// ROWS       rows to take from the files
// SEED       of the stalls
// Prints one JSON object. Exit status: 0 it ran (see "mismatches"), 1 a port waits for ever or breaks the handshake,
// 2 a file cannot be used.
//
// The shape comes from a header that the build includes first: namespace kind, with inFeatures, outFeatures, tileIn,
// tileOut, inputBits, outputBits, inputScaleBits, outputScaleBits, memoryWidth, memoryDepth. The models' classes are
// Vlinear and, with its file at /dev/stdin, Vmemory: two, so that the bench can stall the stream of weights between
// them.

#include "Vlinear.h"
#include "Vmemory.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

namespace {

using Words = std::vector<uint32_t>;

[[noreturn]] void stop(int status, const std::string &text) {
  std::printf("{\"error\": \"%s\"}\n", text.c_str());
  std::exit(status);
}

// ---- Ports of any width as arrays of 32-bit words.

int wordsOf(int bits) { return bits <= 64 ? 2 : (bits + 31) / 32; }

void appendBits(Words &words, int &used, uint32_t value, int bits) {
  for (int b = 0; b < bits; ++b, ++used)
    words[used / 32] |= (value >> b & 1u) << (used % 32);
}

int32_t bitsAt(const uint32_t *words, int at, int bits) {
  uint32_t value = 0;
  for (int b = 0; b < bits; ++b)
    value |= (words[(at + b) / 32] >> ((at + b) % 32) & 1u) << b;
  return static_cast<int32_t>(value);
}

template <typename Port>
void drive(Port &port, const uint32_t *words) {
  if constexpr (std::is_integral_v<Port>)
    port = static_cast<Port>(words[0] | static_cast<uint64_t>(words[1]) << 32);
  else
    std::memcpy(&port, words, sizeof(port));
}

template <typename Port>
void sample(const Port &port, uint32_t *words) {
  if constexpr (std::is_integral_v<Port>) {
    words[0] = static_cast<uint32_t>(port);
    words[1] = static_cast<uint32_t>(static_cast<uint64_t>(port) >> 32);
  } else {
    std::memcpy(words, &port, sizeof(port));
  }
}

// A stream without scales has no port for them.

template <typename Model>
void driveScale(Model &model, const uint32_t *words) {
  if constexpr (kind::inputScaleBits > 0)
    drive(model.x_scale_i, words);
}

template <typename Model>
void sampleScale(const Model &model, uint32_t *words) {
  if constexpr (kind::outputScaleBits > 0)
    sample(model.y_scale_o, words);
}

// ---- Beats of a stream: elements in one port, scales in another (streams.md S1, S2).

struct Stream {
  int tile, bits, scaleBits, features; // scales of 0 bits: there are none
  Words data, scale;                   // beat by beat
  int scales() const { return scaleBits == 0 ? 0 : tile < 32 ? 1 : tile / 32; }
  int dataWords() const { return wordsOf(tile * bits); }
  int scaleWords() const { return wordsOf(scales() * scaleBits); }
  int beatsPerRow() const { return features / tile; }
};

void readBlocks(Stream &stream, const char *path, int64_t rows) {
  std::ifstream file(path);
  const int64_t blocksPerRow = stream.features / 32;
  std::vector<int32_t> q(32 * blocksPerRow), scale(blocksPerRow);
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t b = 0; b < blocksPerRow; ++b) {
      file >> scale[b];
      for (int k = 0; k < 32; ++k)
        file >> q[b * 32 + k];
    }
    if (!file)
      stop(2, std::string(path) + ": row " + std::to_string(r) + " is missing or not blocks of 33 integers");
    for (int64_t at = 0; at < stream.features; at += stream.tile) {
      Words data(stream.dataWords()), scales(stream.scaleWords());
      int used = 0;
      for (int k = 0; k < stream.tile; ++k)
        appendBits(data, used, static_cast<uint32_t>(q[at + k]), stream.bits);
      used = 0;
      for (int s = 0; s < stream.scales(); ++s)
        appendBits(scales, used, static_cast<uint32_t>(scale[at / 32 + s]), stream.scaleBits);
      stream.data.insert(stream.data.end(), data.begin(), data.end());
      stream.scale.insert(stream.scale.end(), scales.begin(), scales.end());
    }
  }
}

/// Makes the file of weights the standard input, from where each new memory reads it. $readmemh would accept words of
/// any width and more of them.
void openMemory(const char *path) {
  std::ifstream file(path);
  std::string line;
  for (int d = 0; d < kind::memoryDepth; ++d)
    if (!(file >> line) || static_cast<int>(line.size()) != (kind::memoryWidth + 3) / 4)
      stop(2, std::string(path) + ": word " + std::to_string(d) + " is missing or has another width");
  if (file >> line)
    stop(2, std::string(path) + ": holds more words than the memory");
  if (!std::freopen(path, "r", stdin))
    stop(2, std::string(path) + ": cannot be read again");
}

// ---- One run.

/// Decides in which cycles a port stalls: one in four at random, and now and then a pause that is long enough to run
/// the buffers empty or full.
class Stalls {
public:
  /// A pause starts once in `gap` questions on average and takes up to `longest` of them.
  Stalls(bool enabled, uint64_t seed, int64_t gap, int64_t longest)
      : enabled_(enabled), state_(seed * 0x9E3779B97F4A7C15ull + 1), gap_(gap), longest_(longest) {}
  bool stalled() {
    if (!enabled_)
      return false;
    state_ ^= state_ << 13, state_ ^= state_ >> 7, state_ ^= state_ << 17; // xorshift
    if (pause_ > 0)
      return --pause_, true;
    if ((state_ >> 8 & 0xFFFFFF) % gap_ == 0)
      pause_ = static_cast<int64_t>((state_ >> 32) % longest_);
    return (state_ >> 40 & 3) == 0;
  }

private:
  bool enabled_;
  uint64_t state_;
  int64_t gap_, longest_, pause_ = 0;
};

struct Difference {
  int64_t row = -1, element = -1;
  const char *what = "";
  int32_t expected = 0, got = 0;
};

struct Run {
  int64_t cycles = 0, mismatches = 0;
  int64_t wrongScale = -1; // the last block whose scale was wrong: narrow beats repeat it
  Difference first;
};

/// Compares a beat that differs, piece by piece.
void compare(Run &run, const Stream &expected, int64_t beat, const uint32_t *data, const uint32_t *scale) {
  const int64_t row = beat / expected.beatsPerRow(), element = beat % expected.beatsPerRow() * expected.tile;
  auto check = [&](const char *what, int64_t at, int32_t want, int32_t got) {
    if (want == got)
      return;
    if (run.mismatches++ == 0)
      run.first = {row, at, what, want, got};
  };
  const uint32_t *wantData = &expected.data[beat * expected.dataWords()];
  const uint32_t *wantScale = &expected.scale[beat * expected.scaleWords()];
  for (int s = 0; s < expected.scales(); ++s) {
    const int64_t at = (element / 32 + s) * 32, block = row * (expected.features / 32) + at / 32;
    const int32_t want = bitsAt(wantScale, s * expected.scaleBits, expected.scaleBits),
                  got = bitsAt(scale, s * expected.scaleBits, expected.scaleBits);
    if (want != got && block != run.wrongScale)
      check("scale", at, want, got);
    if (want != got)
      run.wrongScale = block;
  }
  const int shift = 32 - expected.bits; // sign extension
  for (int k = 0; k < expected.tile; ++k)
    check("element", element + k, bitsAt(wantData, k * expected.bits, expected.bits) << shift >> shift,
          bitsAt(data, k * expected.bits, expected.bits) << shift >> shift);
}

/// Sees that what is offered at a port stays until it is taken (S2).
class Held {
public:
  explicit Held(const char *port) : port_(port) {}
  void see(bool valid, bool taken, const Words &data) {
    if (held_ && !valid)
      stop(1, std::string("port ") + port_ + ": valid falls before the beat is taken");
    if (held_ && data != data_)
      stop(1, std::string("port ") + port_ + ": a beat changes before it is taken");
    held_ = valid && !taken;
    if (held_)
      data_ = data;
  }

private:
  const char *port_;
  bool held_ = false;
  Words data_;
};

struct Constants {
  int largestScale, exponent, factor, leastScale, biasShift;
};

Run simulate(const Stream &input, const Stream &expected, const Constants &constants, int64_t rows, bool stall,
             uint64_t seed) {
  auto context = std::make_unique<VerilatedContext>();
  auto model = std::make_unique<Vlinear>(context.get());
  auto memory = std::make_unique<Vmemory>(context.get());
  const int64_t inputBeats = rows * input.beatsPerRow(), outputBeats = rows * expected.beatsPerRow();
  const int64_t interval = static_cast<int64_t>(input.beatsPerRow()) * expected.beatsPerRow();
  const int64_t patience = 20000 + 20 * interval;
  Stalls inputStalls(stall, seed, 2 * input.beatsPerRow(), 3 * interval + 64);
  Stalls outputStalls(stall, seed + 0x5EED, 4 * interval, interval + 256);
  Stalls weightStalls(stall, seed + 0xF00D, 2 * interval, interval / 2 + 128);
  Run run;
  const int dataWords = expected.dataWords();
  Words beat(dataWords + expected.scaleWords()), word(wordsOf(kind::memoryWidth));
  Held output("y"), weights("w");
  auto clock = [&] {
    for (int level : {1, 0}) {
      model->clk_i = memory->clk_i = level;
      model->eval();
      memory->eval();
    }
  };
  model->w_largest_scale_i = static_cast<CData>(constants.largestScale);
  model->w_exponent_i = static_cast<SData>(constants.exponent & 0x7FF);
  model->w_factor_i = static_cast<SData>(constants.factor);
  model->w_least_scale_i = static_cast<CData>(constants.leastScale);
  model->w_bias_shift_i = static_cast<SData>(constants.biasShift & 0x7FF);
  model->rst_i = memory->rst_i = 1;
  for (int i = 0; i < 3; ++i)
    clock();
  model->rst_i = memory->rst_i = 0;
  int64_t sent = 0, received = 0, words = 0, quiet = 0, start = -1;
  bool offered = false, wordOffered = false; // what is offered once stays
  for (int64_t cycle = 0; received < outputBeats; ++cycle) {
    offered = sent < inputBeats && (offered || !inputStalls.stalled());
    model->x_valid_i = offered;
    if (offered) {
      drive(model->x_data_i, &input.data[sent * input.dataWords()]);
      driveScale(*model, &input.scale[sent * input.scaleWords()]);
    }
    model->y_ready_i = !outputStalls.stalled();
    wordOffered = memory->w_valid_o && (wordOffered || !weightStalls.stalled());
    model->w_valid_i = wordOffered;
    memory->w_ready_i = wordOffered && model->w_ready_o;
    const bool takes = offered && model->x_ready_o, gives = model->y_valid_o && model->y_ready_i;
    if (memory->w_valid_o)
      sample(memory->w_data_o, word.data());
    weights.see(memory->w_valid_o, memory->w_ready_i, word);
    if (wordOffered)
      drive(model->w_data_i, word.data());
    if (model->y_valid_o) {
      sample(model->y_data_o, beat.data());
      sampleScale(*model, beat.data() + dataWords);
    }
    output.see(model->y_valid_o, gives, beat);
    if (gives) {
      if (std::memcmp(beat.data(), &expected.data[received * dataWords], dataWords * 4) != 0 ||
          std::memcmp(beat.data() + dataWords, &expected.scale[received * expected.scaleWords()],
                      expected.scaleWords() * 4) != 0)
        compare(run, expected, received, beat.data(), beat.data() + dataWords);
      ++received;
    }
    if (takes && start < 0)
      start = cycle;
    run.cycles = cycle - start + 1;
    quiet = takes || gives ? 0 : quiet + 1;
    if (quiet > patience)
      stop(1, "after " + std::to_string(sent) + " input and " + std::to_string(received) + " output beats " +
                  (!memory->w_valid_o                       ? "port w waits for valid"
                   : sent < inputBeats && !model->x_ready_o ? "port x waits for ready"
                                                            : "port y waits for valid"));
    clock();
    if (takes)
      ++sent, offered = false;
    if (memory->w_ready_i)
      ++words, wordOffered = false;
  }
  if (words != rows * kind::memoryDepth)
    stop(1, "port w: " + std::to_string(rows) + " rows took " + std::to_string(words) + " words");
  return run;
}

void print(const char *name, const Run &run, const char *end) {
  std::printf("\"%s\": {\"cycles\": %lld, \"mismatches\": %lld", name, static_cast<long long>(run.cycles),
              static_cast<long long>(run.mismatches));
  if (run.mismatches > 0)
    std::printf(", \"first\": {\"row\": %lld, \"element\": %lld, \"what\": \"%s\", \"expected\": %d, \"got\": %d}",
                static_cast<long long>(run.first.row), static_cast<long long>(run.first.element), run.first.what,
                run.first.expected, run.first.got);
  std::printf("}%s", end);
}

} // namespace

int main(int argc, char **argv) {
  if (argc != 11)
    stop(2, "usage: bench WEIGHTS LARGEST_SCALE EXPONENT FACTOR LEAST_SCALE BIAS_SHIFT INPUT EXPECTED ROWS SEED");
  const int64_t rows = std::atoll(argv[9]);
  const auto seed = static_cast<uint64_t>(std::atoll(argv[10]));
  Stream input = {kind::tileIn, kind::inputBits, kind::inputScaleBits, kind::inFeatures, {}, {}};
  Stream expected = {kind::tileOut, kind::outputBits, kind::outputScaleBits, kind::outFeatures, {}, {}};
  openMemory(argv[1]);
  readBlocks(input, argv[7], rows);
  readBlocks(expected, argv[8], rows);
  const Constants constants = {std::atoi(argv[2]), std::atoi(argv[3]), std::atoi(argv[4]), std::atoi(argv[5]),
                               std::atoi(argv[6])};
  const Run stalled = simulate(input, expected, constants, rows, true, seed);
  const Run free = simulate(input, expected, constants, rows, false, seed);
  std::printf("{\"rows\": %lld, ", static_cast<long long>(rows));
  print("stalled", stalled, ", ");
  print("free", free, "}\n");
  return 0;
}
