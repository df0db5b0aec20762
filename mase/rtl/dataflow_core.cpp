// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/rtl/dataflow_core.h"

namespace mase {

using Use = InputTiming::Use;
using Gives = WorkPhase::Gives;

int64_t DataflowCore::repeats(const WorkPhase &phase) const {
  return phase.growth == WorkPhase::Growth::none ? phase.repeat : repeatsOf(*timing_, phase, row(row_).position);
}

bool DataflowCore::ready(size_t input, bool enabled) const {
  const InputTiming &timing = timing_->inputs[input];
  const Input &state = inputs_[input];
  if (timing.slots == 0)
    return enabled;
  if (timing.opener >= 0 && timing.opening > 0)
    return state.open;
  if (timing.opener >= 0 && inputs_[static_cast<size_t>(timing.opener)].units == 0)
    return false;
  return state.units < timing.slots;
}

bool DataflowCore::mayOpen(size_t input) const {
  const InputTiming &timing = timing_->inputs[input];
  const Input &state = inputs_[input];
  if (timing.opening == 0 || state.open || inputs_[static_cast<size_t>(timing.opener)].units == 0)
    return false;
  const bool first = timing.waitsForFirst && row(state.rows).position == 0;
  return first ? state.units == 0 : state.units < timing.slots;
}

bool DataflowCore::mayStart() const {
  for (size_t i = 0; i < inputs_.size(); ++i)
    if ((timing_->inputs[i].use == Use::held || timing_->inputs[i].use == Use::shared) && inputs_[i].units == 0)
      return false;
  return true;
}

bool DataflowCore::hasTaken(bool arriving) const {
  const int takes = phase().takes;
  if (takes < 0)
    return true;
  const Input &input = inputs_[static_cast<size_t>(takes)];
  return input.units > 0 || (arriving && input.arrived && timing_->inputs[static_cast<size_t>(takes)].slots == 0);
}

int DataflowCore::lacks() const {
  int lacking = -1;
  for (size_t i = 0; i < inputs_.size() && lacking < 0; ++i) {
    const Use use = timing_->inputs[i].use;
    if (!running_ && (use == Use::held || use == Use::shared) && inputs_[i].units == 0)
      lacking = static_cast<int>(i);
  }
  if (lacking < 0 && (running_ ? !hasTaken(false) : timing_->phases.front().takes >= 0))
    lacking = phase().takes;
  if (lacking < 0)
    return lacking;
  const auto i = static_cast<size_t>(lacking);
  const int opener = timing_->inputs[i].opener;
  const bool closed = opener >= 0 && !inputs_[i].open && inputs_[static_cast<size_t>(opener)].units == 0;
  return closed ? opener : lacking;
}

/// Leaves phases that have nothing (more) to do.
void DataflowCore::settle() {
  while (running_ && repeat_ >= repeats(phase())) {
    repeat_ = 0;
    if (++phase_ < timing_->phases.size())
      continue;
    phase_ = 0;
    if (++loop_ == timing_->loops)
      endJob();
  }
}

void DataflowCore::endJob() {
  running_ = false;
  loop_ = 0;
  const bool rowEnds = ++job_ == timing_->jobs;
  for (size_t i = 0; i < inputs_.size(); ++i)
    if (timing_->inputs[i].use == Use::held || (rowEnds && timing_->inputs[i].use == Use::shared))
      ++inputs_[i].removed;
  if (rowEnds) {
    job_ = 0;
    ++row_;
  }
}

bool DataflowCore::tick() {
  const WorkPhase now = phase();
  const bool last = ++tick_ == now.ticks;
  const bool gives = (now.gives == Gives::every || (now.gives == Gives::last && last)) && !dropped();
  if (last) {
    if (now.takes >= 0)
      ++inputs_[static_cast<size_t>(now.takes)].removed;
    tick_ = 0;
    ++repeat_;
    settle();
  }
  return gives;
}

void DataflowCore::receive(size_t input) {
  const InputTiming &timing = timing_->inputs[input];
  Input &state = inputs_[input];
  const bool opens = mayOpen(input);
  if (state.arrived && ++state.beats == timing.unit * (timing.grows ? groups(state.rows) : 1)) {
    state.beats = 0;
    ++state.added;
    if (timing.opener >= 0 && timing.opening > 0) {
      state.open = false;
      ++state.rows;
    } else if (timing.opener >= 0 && ++state.unitsOfRow == timing.unitsOfOpener) {
      state.unitsOfRow = 0;
      ++state.rows;
      ++inputs_[static_cast<size_t>(timing.opener)].removed;
    }
  }
  state.arrived = false;
  if (opens) {
    state.open = true;
    ++inputs_[static_cast<size_t>(timing.opener)].removed;
  }
}

/// A tick whose word comes in a later cycle: the module's first stage, in which a beat waits for it.
bool DataflowCore::tickWithWord(DataflowWord &word) {
  word.taken = held_ && word.valid;
  if (word.taken && heldGives_)
    pipeline_.push_back(clock_ - 1 + timing_->stages);
  if (held_ && !word.taken)
    return false;
  held_ = running_ && hasTaken(true);
  heldGives_ = held_ && tick();
  return false;
}

bool DataflowCore::step(int64_t now, bool enabled, bool wasEnabled, DataflowWord *word) {
  const int64_t asleep = now - last_ - 1;
  takesWords_ = word != nullptr;
  if (wasEnabled)
    clock_ += asleep;
  if (!word && running_ && hasTaken(false) && (wasEnabled || isFree()))
    tick_ += asleep;
  last_ = now;
  if (!running_ && mayStart()) {
    // Beats that go straight in start a job when they come.
    const int takes = timing_->phases.front().takes;
    running_ = takes < 0 || timing_->inputs[static_cast<size_t>(takes)].slots > 0 ||
               inputs_[static_cast<size_t>(takes)].arrived;
    if (running_)
      settle();
  }
  const bool gives =
      word ? enabled && tickWithWord(*word) : running_ && hasTaken(true) && (enabled || isFree()) && tick();
  bool leaves = false;
  if (enabled) {
    if (gives)
      pipeline_.push_back(clock_ + timing_->stages);
    if (!pipeline_.empty() && pipeline_.front() == clock_) {
      pipeline_.pop_front();
      leaves = true;
    }
    ++clock_;
  }
  for (size_t i = 0; i < inputs_.size(); ++i)
    receive(i);
  for (Input &input : inputs_) {
    input.units += input.added - input.removed;
    input.added = input.removed = 0;
  }
  return leaves;
}

int64_t DataflowCore::next(int64_t now, bool enabled) const {
  int64_t next = dataflowNever;
  if (enabled && !pipeline_.empty())
    next = now + pipeline_.front() - clock_ + 1;
  if (running_ && hasTaken(false) && (enabled || isFree()))
    next = std::min(next, takesWords_ || phase().gives == Gives::every ? now + 1 : now + phase().ticks - tick_);
  if (held_ && enabled)
    next = now + 1;
  if (!running_ && mayStart()) {
    const int takes = timing_->phases.front().takes;
    if (takes < 0 || inputs_[static_cast<size_t>(takes)].units > 0)
      next = now + 1;
  }
  for (size_t i = 0; i < inputs_.size(); ++i)
    if (timing_->inputs[i].opener >= 0 && mayOpen(i))
      next = now + 1;
  return next;
}

} // namespace mase
