// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/rtl/expected_beats.h"

#include <map>

namespace mase {
namespace {

/// The last rows of `all`, in a format with or without stored scales.
BlockIntegers lastRows(const Format &format, const BlockIntegers &all, int64_t count) {
  BlockIntegers rows = all;
  const int64_t skipped = all.rows - count;
  rows.rows = count;
  rows.q.erase(rows.q.begin(), rows.q.begin() + skipped * all.cols);
  if (!rows.shift.empty())
    rows.shift.erase(rows.shift.begin(), rows.shift.begin() + skipped * all.cols);
  if (format.scaleBits() > 0)
    rows.exponent.erase(rows.exponent.begin(), rows.exponent.begin() + skipped * all.blocksPerRow());
  else
    rows.block.rows = count;
  return rows;
}

class Recorder final : public BitTrueObserver {
public:
  Recorder(const Netlist &netlist, const Graph &graph)
      : netlist_(netlist), graph_(graph), expected_(netlist.instances.size()) {}

  void onEdge(size_t step, const IntegerRows &value) override {
    if (step == 0) // the look-up of tokens
      chunk_ = value.rows.rows;
    for (size_t i = 0; i < netlist_.instances.size(); ++i)
      if (netlist_.instances[i].step == static_cast<int>(step)) {
        const HardwarePort &port = netlist_.instances[i].module.results[0];
        if (port.features < 0)
          addKeys(expected_[i], port, value, graph_.steps[step].op.attributeOr("causal", false));
        else if (isPooled(step)) // of the tokens so far
          pooled_[i] = {}, addRows(pooled_[i], port, value, 1);
        else
          addRows(expected_[i], port, value, chunk_);
      }
  }

  /// The last operator's rows, of the tokens for which they are wanted.
  void addSums(size_t step, const WideRows &sums, const std::vector<bool> &wanted) {
    for (size_t i = 0; i < netlist_.instances.size(); ++i) {
      if (netlist_.instances[i].step != static_cast<int>(step))
        continue;
      const HardwarePort &port = netlist_.instances[i].module.results[0];
      const int64_t bits = port.dataBits / port.tile;
      for (int64_t r = 0; r < sums.rows; ++r) {
        if (!wanted[static_cast<size_t>(r)])
          continue;
        for (int64_t first = 0; first < sums.cols; first += port.tile) {
          HexWord beat(port.bits());
          for (int64_t o = first; o < first + port.tile; ++o)
            beat.append(static_cast<uint64_t>(sums.sum[static_cast<size_t>(r * sums.cols + o)]), bits);
          expected_[i].beats.push_back(beat.hexadecimal());
        }
        expected_[i].beatsOfToken.push_back(sums.cols / port.tile);
      }
    }
  }
  /// The sequence ends: what stands for all of it.
  void endSequence() {
    for (const auto &[i, row] : pooled_) {
      ExpectedBeats &to = expected_[i];
      to.beats.insert(to.beats.end(), row.beats.begin(), row.beats.end());
      to.beatsOfToken.insert(to.beatsOfToken.end(), row.beatsOfToken.begin(), row.beatsOfToken.end());
    }
    pooled_.clear();
  }
  std::vector<ExpectedBeats> take() { return std::move(expected_); }

private:
  bool isPooled(size_t step) const { return graph_.values[static_cast<size_t>(graph_.steps[step].output)].rows == 1; }

  static void addRows(ExpectedBeats &to, const HardwarePort &port, const IntegerRows &value, int64_t count) {
    const BlockIntegers rows = lastRows(*value.format, value.rows, count); // of a cache what is new
    const std::vector<std::string> beats = edgeBeats(*value.format, rows, port.tile);
    to.beats.insert(to.beats.end(), beats.begin(), beats.end());
    to.beatsOfToken.insert(to.beatsOfToken.end(), static_cast<size_t>(count), port.features / port.tile);
  }

  /// Rows that grow: head by head, keys up to the token's own (if causal), some a beat; blocks along the keys are
  /// whole.
  static void addKeys(ExpectedBeats &to, const HardwarePort &port, const IntegerRows &value, bool isCausal) {
    const BlockIntegers &rows = value.rows;
    const bool isStatic = value.format->scaleBits() == 0;
    const int64_t tokens = rows.rows / value.heads, keys = rows.cols, whole = std::max<int64_t>(port.tile, 32);
    for (int64_t t = 0; t < tokens; ++t) {
      const int64_t own = isCausal ? keys - tokens + t + 1 : keys, unit = isStatic ? port.tile : whole;
      const int64_t beats = (own + unit - 1) / unit * unit / port.tile, padded = (own + whole - 1) / whole * whole;
      for (int64_t h = 0; h < value.heads; ++h) {
        const int64_t r = h * tokens + t;
        BlockIntegers row = {1, padded, isStatic ? BlockShape{1, padded} : BlockShape{}, {}, {}, {}};
        row.q.assign(rows.q.begin() + r * keys, rows.q.begin() + r * keys + own);
        row.q.resize(static_cast<size_t>(padded));
        if (!rows.shift.empty()) {
          row.shift.assign(rows.shift.begin() + r * keys, rows.shift.begin() + r * keys + own);
          row.shift.resize(static_cast<size_t>(padded));
        }
        const auto first = isStatic ? rows.exponent.begin() : rows.exponent.begin() + r * rows.blocksPerRow();
        row.exponent.assign(first, first + (isStatic ? 1 : padded / 32));
        const std::vector<std::string> all = edgeBeats(*value.format, row, port.tile);
        to.beats.insert(to.beats.end(), all.begin(), all.begin() + beats);
      }
      to.beatsOfToken.push_back(value.heads * beats);
    }
  }

  const Netlist &netlist_;
  const Graph &graph_;
  std::vector<ExpectedBeats> expected_;
  std::map<size_t, ExpectedBeats> pooled_; // by instance, until their sequence ends
  int64_t chunk_ = 0;
};

} // namespace

std::vector<ExpectedBeats> expectedBeats(const Netlist &netlist, const BitTruePlan &plan, BitTrueSequence &sequence,
                                         std::span<const ModelToken> tokens) {
  Recorder recorder(netlist, plan.graph());
  for (size_t first = 0; first < tokens.size();) {
    std::vector<int32_t> ids, types;
    std::vector<bool> wanted;
    bool last = false;
    for (; first < tokens.size() && !last; ++first) {
      ids.push_back(tokens[first].id);
      types.push_back(tokens[first].type ? 1 : 0);
      last = tokens[first].last;
      wanted.push_back(netlist.classifies || tokens[first].wanted);
    }
    if (plan.graph().tokenTypes == 0)
      types.clear();
    recorder.addSums(plan.graph().steps.size() - 1, plan.run(sequence, ids, &recorder, types), wanted);
    recorder.endSequence();
    if (last)
      sequence.restart();
  }
  return recorder.take();
}

} // namespace mase
