// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/rtl/model_simulation.h"

#include "mase/support/error.h"

#include <algorithm>
#include <cstring>

namespace mase {
namespace {

/// What an output must give, and what it has given.
struct Expected {
  const NetInstance *instance = nullptr;
  std::deque<Beat> beats;
  int64_t token = 0, beatOfToken = 0; // of the next beat
  std::deque<int64_t> beatsOfToken;   // beats of each token that is not yet through
};

/// Element `k` of a beat, sign extended.
int64_t elementOf(const uint8_t *beat, int64_t k, int64_t bits) {
  uint64_t value = 0;
  for (int64_t b = 0; b < bits; ++b)
    value |= static_cast<uint64_t>(beat[(k * bits + b) / 8] >> (k * bits + b) % 8 & 1) << b;
  return static_cast<int64_t>(value << (64 - bits)) >> (64 - bits);
}

} // namespace

class ModelSimulation::State final : public BitTrueObserver {
public:
  State(const Netlist &netlist, const VerilatedLibrary &library, const BitTruePlan &plan,
        const SimulationStalls &stalls)
      : netlist_(netlist), plan_(plan), sequence_(plan), expected_(netlist.instances.size()),
        simulation_(netlist, library, stalls,
                    [this](int instance, size_t output, const uint8_t *beat) { onBeat(instance, output, beat); }) {
    for (size_t i = 0; i < netlist.instances.size(); ++i)
      expected_[i].instance = &netlist.instances[i];
  }

  void onEdge(size_t step, const IntegerRows &value) override {
    if (step == 0)
      chunkRows_ = value.rows.rows;
    for (Expected &expected : expected_)
      if (expected.instance->step == static_cast<int>(step))
        expectRows(expected, value);
  }

  std::vector<int32_t> run(std::span<const int32_t> ids, bool newSequence) {
    if (newSequence)
      sequence_.restart();
    int64_t position = sequence_.position();
    expectSums(plan_.run(sequence_, ids, this));
    for (int32_t id : ids) {
      feed(ControlStream::ids, id);
      feed(ControlStream::positions, position);
      feed(ControlStream::rows, position == 0 ? 1 : 0);
      ++position;
    }
    next_.clear();
    const auto patience = static_cast<int64_t>(100000);
    for (int64_t quiet = 0; next_.size() < ids.size(); quiet = simulation_.step() ? 0 : quiet + 1)
      if (quiet > patience)
        throw CheckError(
            fmt::format("the hardware waits for ever at cycle {}: {}", simulation_.cycle(), simulation_.waiting()));
    return next_;
  }

  int64_t compared = 0, mismatches = 0;
  std::string firstDifference;
  int64_t cycle() const { return simulation_.cycle(); }

private:
  void feed(ControlStream stream, int64_t value) {
    for (size_t i = 0; i < netlist_.instances.size(); ++i) {
      const HardwareModule &module = netlist_.instances[i].module;
      for (size_t c = 0; c < module.control.size(); ++c)
        if (module.control[c].stream == stream)
          simulation_.feed(static_cast<int>(i), module.operands.size() + c,
                           beatOf(fmt::format("{:x}", value), module.control[c].port.bits()));
    }
  }

  void expectRows(Expected &expected, const IntegerRows &value) {
    const HardwarePort &port = expected.instance->module.results[0];
    if (port.features < 0) {
      expectKeys(expected, value);
      return;
    }
    // Of a cache only what is new.
    BlockIntegers rows = value.rows;
    const int64_t fresh = chunkRows_, skipped = rows.rows - fresh;
    rows.q.erase(rows.q.begin(), rows.q.begin() + skipped * rows.cols);
    if (!rows.shift.empty())
      rows.shift.erase(rows.shift.begin(), rows.shift.begin() + skipped * rows.cols);
    if (value.format->scaleBits() > 0)
      rows.exponent.erase(rows.exponent.begin(), rows.exponent.begin() + skipped * rows.blocksPerRow());
    rows.rows = fresh;
    for (const std::string &beat : edgeBeats(*value.format, rows, port.tile))
      expected.beats.push_back(beatOf(beat, port.bits()));
    for (int64_t r = 0; r < fresh; ++r)
      expected.beatsOfToken.push_back(port.features / port.tile);
  }

  /// Rows that grow: head by head, keys up to the token's own, in beats of some keys.
  void expectKeys(Expected &expected, const IntegerRows &value) {
    const HardwarePort &port = expected.instance->module.results[0];
    const int64_t tokens = value.rows.rows / value.heads, keys = value.rows.cols, bits = value.format->elementBits();
    for (int64_t t = 0; t < tokens; ++t) {
      const int64_t own = keys - tokens + t + 1;
      for (int64_t h = 0; h < value.heads; ++h)
        for (int64_t first = 0; first < own; first += port.tile) {
          HexWord beat(port.bits());
          for (int64_t k = first; k < first + port.tile; ++k)
            beat.append(k < own ? static_cast<uint64_t>(value.rows.q[static_cast<size_t>((h * tokens + t) * keys + k)])
                                : 0,
                        bits);
          expected.beats.push_back(beatOf(beat.hexadecimal(), port.bits()));
        }
      expected.beatsOfToken.push_back(value.heads * ((own + port.tile - 1) / port.tile));
    }
  }

  void expectSums(const WideRows &sums) {
    for (Expected &expected : expected_) {
      if (expected.instance->step + 1 != static_cast<int>(plan_.graph().steps.size()))
        continue;
      const HardwarePort &port = expected.instance->module.results[0];
      const int64_t bits = port.dataBits / port.tile;
      for (int64_t r = 0; r < sums.rows; ++r) {
        for (int64_t first = 0; first < sums.cols; first += port.tile) {
          HexWord beat(port.bits());
          for (int64_t o = first; o < first + port.tile; ++o)
            beat.append(static_cast<uint64_t>(sums.sum[static_cast<size_t>(r * sums.cols + o)]), bits);
          expected.beats.push_back(beatOf(beat.hexadecimal(), port.bits()));
        }
        expected.beatsOfToken.push_back(sums.cols / port.tile);
      }
    }
  }

  void onBeat(int instance, size_t output, const uint8_t *beat) {
    Expected &expected = expected_[static_cast<size_t>(instance)];
    const NetInstance &net = *expected.instance;
    if (net.module.module == "mase_argmax") {
      next_.push_back(
          static_cast<int32_t>(static_cast<uint32_t>(elementOf(beat, 0, net.module.results[output].bits())) &
                               ((1U << net.module.results[output].bits()) - 1)));
      return;
    }
    if (net.step < 0)
      return;
    if (expected.beats.empty())
      throw CheckError(fmt::format("{}: gives more than the {} tokens that it was given", net.name, expected.token));
    ++compared;
    const Beat &want = expected.beats.front();
    if (std::memcmp(want.data(), beat, want.size()) != 0 && mismatches++ == 0)
      describe(expected, want.data(), beat);
    expected.beats.pop_front();
    if (++expected.beatOfToken == expected.beatsOfToken.front()) {
      expected.beatsOfToken.pop_front();
      expected.beatOfToken = 0;
      ++expected.token;
    }
  }

  void describe(const Expected &expected, const uint8_t *want, const uint8_t *got) {
    const HardwarePort &port = expected.instance->module.results[0];
    const int64_t bits = port.dataBits / port.tile;
    for (int64_t k = 0; k < port.tile; ++k)
      if (elementOf(want, k, bits) != elementOf(got, k, bits)) {
        firstDifference =
            fmt::format("{}, token {}, element {}: expected {}, got {}", expected.instance->name, expected.token,
                        expected.beatOfToken * port.tile + k, elementOf(want, k, bits), elementOf(got, k, bits));
        return;
      }
    firstDifference = fmt::format("{}, token {}, scale of element {}: another", expected.instance->name, expected.token,
                                  expected.beatOfToken * port.tile);
  }

  const Netlist &netlist_;
  const BitTruePlan &plan_;
  BitTrueSequence sequence_;
  std::vector<Expected> expected_;
  NetlistSimulation simulation_;
  int64_t chunkRows_ = 0; // of the rows that the integer model runs at once
  std::vector<int32_t> next_;
};

ModelSimulation::ModelSimulation(const Netlist &netlist, const VerilatedLibrary &library, const BitTruePlan &plan,
                                 const SimulationStalls &stalls)
    : state_(std::make_unique<State>(netlist, library, plan, stalls)) {}
ModelSimulation::~ModelSimulation() = default;

std::vector<int32_t> ModelSimulation::run(std::span<const int32_t> ids, bool newSequence) {
  return state_->run(ids, newSequence);
}
int64_t ModelSimulation::compared() const { return state_->compared; }
int64_t ModelSimulation::mismatches() const { return state_->mismatches; }
const std::string &ModelSimulation::firstDifference() const { return state_->firstDifference; }
int64_t ModelSimulation::cycle() const { return state_->cycle(); }

} // namespace mase
