// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/rtl/model_simulation.h"

#include "mase/rtl/deadlock.h"
#include "mase/rtl/external_layout.h"
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

  void clear() {
    beats.clear();
    beatsOfToken.clear();
    beatOfToken = 0;
  }
  /// Returns how many beats these are.
  int64_t add(const ExpectedBeats &more) {
    if (instance->step < 0)
      return 0;
    const int64_t bits = instance->module.results[0].bits();
    for (const std::string &beat : more.beats)
      beats.push_back(beatOf(beat, bits));
    beatsOfToken.insert(beatsOfToken.end(), more.beatsOfToken.begin(), more.beatsOfToken.end());
    return std::ssize(more.beats);
  }
};

/// Element `k` of a beat, sign extended.
int64_t elementOf(const uint8_t *beat, int64_t k, int64_t bits) {
  uint64_t value = 0;
  for (int64_t b = 0; b < bits; ++b)
    value |= static_cast<uint64_t>(beat[(k * bits + b) / 8] >> (k * bits + b) % 8 & 1) << b;
  return static_cast<int64_t>(value << (64 - bits)) >> (64 - bits);
}

} // namespace

class ModelSimulation::State {
public:
  State(const Netlist &netlist, const VerilatedLibrary &library, const SimulationStalls &stalls,
        const std::filesystem::path &files)
      : netlist_(netlist), expected_(netlist.instances.size()),
        simulation_(
            netlist, library, stalls,
            [this](int instance, size_t output, const uint8_t *beat) { onBeat(instance, output, beat); }, files) {
    for (size_t i = 0; i < netlist.instances.size(); ++i)
      expected_[i].instance = &netlist.instances[i];
  }

  std::vector<int32_t> run(std::span<const ModelToken> tokens, const std::vector<ExpectedBeats> &expected) {
    for (size_t i = 0; i < expected.size(); ++i)
      expectedBeats_ += expected_[i].add(expected[i]);
    compares_ = !expected.empty();
    const HardwarePort &entrance = netlist_.instances[0].module.operands.at(0);
    size_t wanted = 0;
    for (const ModelToken &token : tokens) {
      HexWord beat(entrance.bits());
      beat.append(static_cast<uint64_t>(token.id), entrance.bits() - 2);
      beat.append((netlist_.classifies ? token.type : token.wanted) ? 1 : 0, 1);
      beat.append(token.last ? 1 : 0, 1);
      simulation_.feed(0, 0, beatOf(beat.hexadecimal(), entrance.bits()));
      const bool gives = netlist_.classifies ? token.last : token.wanted;
      wanted += gives ? 1 : 0;
      rows_.push_back({position_, gives});
      position_ = token.last ? 0 : position_ + 1;
    }
    next_.clear();
    const int64_t patience = longestWait();
    for (int64_t quiet = 0; next_.size() < wanted || waiting() > 0; quiet = simulation_.step() ? 0 : quiet + 1)
      if (quiet > patience)
        throw CheckError(fmt::format("the hardware waits for ever at cycle {}: {}", simulation_.cycle(), reason()));
    return next_;
  }

  void reset() {
    simulation_.reset();
    for (Expected &expected : expected_)
      expected.clear();
    expectedBeats_ = 0;
    sums_.clear();
    rows_.clear();
    position_ = 0;
  }
  bool error() const { return simulation_.flag(0, "error_o"); }
  const NetlistSimulation &simulation() const { return simulation_; }

  int64_t compared = 0, mismatches = 0;
  std::string firstDifference;
  int64_t cycle() const { return simulation_.cycle(); }

private:
  /// Cycles in which at least something must move. With stalls a row takes half as long again, and streams rest for
  /// 200 cycles at a time.
  int64_t longestWait() const {
    int64_t context = 1;
    for (const DataflowRow &row : rows_)
      context = std::max(context, row.position + 1);
    const bool known = std::all_of(netlist_.instances.begin(), netlist_.instances.end(),
                                   [](const NetInstance &instance) { return instance.module.timing.isKnown(); });
    return known ? 4 * (longestQuiet(netlist_, context) + longestMemory()) + 4000 : 100000;
  }
  /// Cycles that the words of a row may take to come.
  int64_t longestMemory() const {
    const ExternalPort &port = netlist_.external;
    if (port.instances.empty())
      return 0;
    const double bytes = static_cast<double>(externalBytesOfRow(netlist_) + port.depth * port.beatBytes());
    return port.memory.latency + static_cast<int64_t>(bytes / port.memory.bytesPerCycle);
  }
  std::string reason() const {
    for (const NetInstance &instance : netlist_.instances)
      if (!instance.module.timing.isKnown())
        return simulation_.waiting();
    const auto deadlock = findDeadlock(netlist_, rows_);
    return deadlock ? mase::describe(*deadlock, netlist_) : simulation_.waiting();
  }

  /// Beats that are still to come.
  int64_t waiting() const { return expectedBeats_; }

  void onBeat(int instance, size_t output, const uint8_t *beat) {
    Expected &expected = expected_[static_cast<size_t>(instance)];
    const NetInstance &net = *expected.instance;
    if (instance + 1 == static_cast<int>(netlist_.instances.size()))
      onResult(net.module.results[output], beat);
    if (net.step < 0 || !compares_)
      return;
    if (expected.beats.empty())
      throw CheckError(fmt::format("{}: gives more than the {} tokens that it was given", net.name, expected.token));
    ++compared;
    --expectedBeats_;
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

  /// The next token, or sums of classes, some a beat.
  void onResult(const HardwarePort &port, const uint8_t *beat) {
    if (!netlist_.classifies) {
      next_.push_back(
          static_cast<int32_t>(static_cast<uint32_t>(elementOf(beat, 0, port.bits())) & ((1U << port.bits()) - 1)));
      return;
    }
    for (int64_t k = 0; k < port.tile; ++k)
      sums_.push_back(elementOf(beat, k, port.dataBits / port.tile));
    if (std::ssize(sums_) < port.features)
      return;
    next_.push_back(static_cast<int32_t>(std::max_element(sums_.begin(), sums_.end()) - sums_.begin()));
    sums_.clear();
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
  std::vector<Expected> expected_;
  NetlistSimulation simulation_;
  std::vector<int32_t> next_;
  std::vector<int64_t> sums_; // of a sequence, as far as they are here
  int64_t expectedBeats_ = 0;
  bool compares_ = false;
  std::vector<DataflowRow> rows_; // that were given
  int64_t position_ = 0;          // of the next one
};

ModelSimulation::ModelSimulation(const Netlist &netlist, const VerilatedLibrary &library,
                                 const SimulationStalls &stalls, const std::filesystem::path &files)
    : state_(std::make_unique<State>(netlist, library, stalls, files)) {}
ModelSimulation::~ModelSimulation() = default;

std::vector<int32_t> ModelSimulation::run(std::span<const ModelToken> tokens,
                                          const std::vector<ExpectedBeats> &expected) {
  return state_->run(tokens, expected);
}
void ModelSimulation::reset() { state_->reset(); }
bool ModelSimulation::error() const { return state_->error(); }
bool ModelSimulation::memoryError() const { return state_->simulation().memoryError(); }
const MemoryModel *ModelSimulation::memory() const { return state_->simulation().memory(); }
int64_t ModelSimulation::compared() const { return state_->compared; }
int64_t ModelSimulation::mismatches() const { return state_->mismatches; }
const std::string &ModelSimulation::firstDifference() const { return state_->firstDifference; }
int64_t ModelSimulation::cycle() const { return state_->cycle(); }

} // namespace mase
