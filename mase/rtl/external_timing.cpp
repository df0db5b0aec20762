// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/rtl/external_timing.h"

namespace mase {

bool ExternalTiming::Fifo::step(bool push, bool ready) {
  const bool moves = ready || !valid, pop = moves && count > 0;
  if (moves)
    valid = pop;
  count += (push ? 1 : 0) - (pop ? 1 : 0);
  return pop;
}

void ExternalTiming::Part::step(bool free, bool load, bool take) {
  const bool whole = count + 1 == beats;
  if (free)
    left = load && whole ? parts : 0;
  else if (take && isUsed)
    --left;
  if (load)
    count = whole ? 0 : count + 1;
}

ExternalTiming::ExternalTiming(const Netlist &netlist)
    : port_(netlist.external), linears_(netlist.instances.size(), -1),
      memory_(netlist.external.memory, netlist.external.beatBytes()) {
  for (const ExternalRegion &region : externalRegions(netlist)) {
    linears_[static_cast<size_t>(region.instance)] = static_cast<int>(words_.size());
    Words words;
    words.words = region.words;
    words.bursts = (region.beats + port_.burst - 1) / port_.burst;
    words.lastLength = region.beats - (words.bursts - 1) * port_.burst;
    words.tail.isUsed = region.packing.tailBits() > 0;
    words.tail.parts = region.packing.tails();
    words.low.isUsed = region.packing.lowBits > 0;
    words.low.parts = region.packing.lows();
    words.low.beats = region.packing.lowBeats();
    words_.push_back(words);
  }
}

int ExternalTiming::picked() const {
  int first = -1;
  for (int i = 0; i < static_cast<int>(words_.size()); ++i) {
    if (!words_[static_cast<size_t>(i)].want)
      continue;
    if (i > passed_)
      return i;
    first = first < 0 ? i : first;
  }
  return first;
}

/// Returns whether anything but a counter moves.
bool ExternalTiming::stepWords(Words &words, bool comes, bool granted) {
  const bool take = words.take, last = words.word + 1 == words.words, there = words.fifo.valid;
  const bool tailFree = words.tail.isFree(take, last), lowFree = words.low.isFree(take, last);
  const bool pop = there && (tailFree || lowFree), wanted = words.want;
  words.tail.step(tailFree, there && tailFree, take);
  words.low.step(lowFree, there && !tailFree && lowFree, take);
  const bool moved = words.fifo.step(comes, pop);
  if (take)
    words.word = last ? 0 : words.word + 1;
  words.used += (granted ? lengthOf(words) : 0) - (pop ? 1 : 0);
  if (granted)
    words.burst = words.burst + 1 == words.bursts ? 0 : words.burst + 1;
  words.want = words.used <= port_.depth - port_.burst;
  words.take = false;
  return take || pop || moved || comes || granted || words.want || words.want != wanted;
}

/// A cycle. Returns whether the next one may differ from it.
bool ExternalTiming::step() {
  const bool addressReady = memory_.addressReady(), comes = dataValid_ && order_.valid;
  const bool move = grantValid_ && (!addressValid_ || addressReady) && !orderFull_;
  const bool done = dataValid_ && dataLast_;
  const int owner = order_.valid ? owners_.front() : -1, pick = picked();
  const bool nextValid = memory_.dataValid(), nextLast = memory_.dataLast();
  bool busy = grantValid_ || pick >= 0 || addressValid_ || dataValid_ || !memory_.isEmpty();
  memory_.step(addressValid_, length_, true);
  if (move)
    length_ = lengthOf(words_[static_cast<size_t>(grant_)]);
  addressValid_ = move || (addressValid_ && !addressReady);
  for (int i = 0; i < static_cast<int>(words_.size()); ++i)
    busy |= stepWords(words_[static_cast<size_t>(i)], comes && owner == i, move && grant_ == i);
  if (done && order_.valid)
    owners_.pop_front();
  if (move)
    owners_.push_back(grant_);
  order_.step(move, done);
  orderFull_ = order_.count == port_.outstanding;
  if (move) {
    passed_ = grant_;
    grantValid_ = false;
  } else if (!grantValid_) {
    grantValid_ = pick >= 0;
    grant_ = pick;
  }
  dataValid_ = nextValid;
  dataLast_ = nextLast;
  ++now_;
  return busy;
}

void ExternalTiming::advanceTo(int64_t cycle) {
  while (now_ < cycle)
    if (!step() && now_ < cycle) {
      memory_.rest(cycle - now_);
      now_ = cycle;
    }
}

} // namespace mase
