// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// When the words of linears come out of an external memory, cycle by cycle, without the words: mase_external_port.sv,
/// mase_external_words.sv and the memory behind them, register by register.
///
/// A test holds it to Verilator. What no linear takes fills its beats up and then rests, and costs nothing here.
#pragma once

#include "mase/rtl/external_layout.h"
#include "mase/rtl/memory_model.h"

namespace mase {

class ExternalTiming {
public:
  /// In reset, before cycle 0; nothing stalls at random.
  explicit ExternalTiming(const Netlist &netlist);

  /// Of an instance: which of the port's linears it is; -1: none.
  int linearOf(int instance) const { return linears_[static_cast<size_t>(instance)]; }
  /// Goes to the beginning of a cycle that is not before this one; nobody takes words meanwhile.
  void advanceTo(int64_t cycle);
  /// Whether a linear's word is there, in this cycle; and it is taken.
  bool valid(int linear) const { return words_[static_cast<size_t>(linear)].valid(); }
  void take(int linear) { words_[static_cast<size_t>(linear)].take = true; }

private:
  /// mase_row_fifo, of which nobody fills more than it holds.
  struct Fifo {
    int64_t count = 0;
    bool valid = false;
    /// Returns whether a beat went to the output.
    bool step(bool push, bool ready);
  };
  /// mase_external_part
  struct Part {
    int64_t parts = 1, beats = 1; // of a beat; of a part
    int64_t left = 0, count = 0;
    bool isUsed = false;
    bool valid() const { return !isUsed || left > 0; }
    bool isFree(bool take, bool last) const { return isUsed && (left == 0 || (take && (last || left == 1))); }
    void step(bool free, bool load, bool take);
  };
  /// mase_external_words
  struct Words {
    int64_t words = 0, lastLength = 0, bursts = 0;
    Part tail, low;
    Fifo fifo;
    int64_t word = 0, burst = 0, used = 0;
    bool want = false, take = false;
    bool valid() const { return tail.valid() && low.valid(); }
  };

  bool step();
  bool stepWords(Words &words, bool comes, bool granted);
  int64_t lengthOf(const Words &words) const {
    return words.burst + 1 == words.bursts ? words.lastLength : port_.burst;
  }
  int picked() const;

  ExternalPort port_;
  std::vector<int> linears_;
  std::vector<Words> words_;
  MemoryQueue memory_;
  int64_t now_ = 0;
  int grant_ = 0, passed_ = -1;
  bool grantValid_ = false, addressValid_ = false, dataValid_ = false, dataLast_ = false, orderFull_ = false;
  int64_t length_ = 0;
  Fifo order_;
  std::deque<int> owners_; // of bursts, the order's output included
};

} // namespace mase
