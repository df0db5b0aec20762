// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/rtl/dataflow_simulation.h"

#include "mase/support/error.h"

namespace mase {

DataflowSimulation::DataflowSimulation(const Netlist &netlist, std::vector<int64_t> depths) : netlist_(netlist) {
  const size_t instances = netlist.instances.size();
  outputs_.resize(instances);
  feeders_.resize(instances);
  asleepEnabled_.assign(instances, 1);
  for (size_t i = 0; i < instances; ++i) {
    const HardwareModule &module = netlist.instances[i].module;
    if (!module.timing.isKnown())
      fail("{}: nothing says how long its module takes (emit the design anew)", netlist.instances[i].name);
    cores_.emplace_back(module.timing, rows_);
    feeders_[i].assign(module.timing.inputs.size(), -1);
    for (size_t o = 0; o < module.results.size(); ++o) {
      outputs_[i].push_back(static_cast<int>(queues_.size()));
      queues_.emplace_back(module.timing.queue).core = static_cast<int>(i);
    }
  }
  result_ = outputs_.back().at(0);
  for (size_t c = 0; c < netlist.channels.size(); ++c) {
    const NetChannel &net = netlist.channels[c];
    const int64_t depth = depths.empty() ? net.depth : depths[c];
    int from = outputs_[static_cast<size_t>(net.from)].at(net.output);
    if (depth > 0) {
      const auto fifo = static_cast<int>(queues_.size());
      queues_[static_cast<size_t>(from)].sinks.push_back({.queue = fifo});
      DataflowQueue &queue = queues_.emplace_back(QueueTiming{.capacity = depth});
      queue.queue = from;
      queue.channel = static_cast<int64_t>(c);
      from = fifo;
    }
    queues_[static_cast<size_t>(from)].sinks.push_back({.core = net.to, .input = net.input});
    feeders_[static_cast<size_t>(net.to)].at(net.input) = from;
    fifos_.push_back(from);
  }
  source_ = static_cast<int>(queues_.size());
  DataflowQueue &source = queues_.emplace_back(QueueTiming{});
  source.isSource = true;
  source.sinks = {{.core = 0, .input = 0}};
  feeders_[0].at(0) = source_;
  queueWake_.assign(queues_.size(), dataflowNever);
  coreWake_.assign(instances, 0);
  if (!netlist.external.instances.empty())
    external_.emplace(netlist);
}

void DataflowSimulation::feed(int64_t position, bool wanted) {
  rows_.push_back({position, wanted});
  DataflowQueue &source = queues_[static_cast<size_t>(source_)];
  source.feed(1);
  wakeNext(source_, now_);
}

bool DataflowSimulation::enabled(int core) const {
  for (int q : outputs_[static_cast<size_t>(core)]) {
    const DataflowQueue &queue = queues_[static_cast<size_t>(q)];
    if (queue.isRegister() ? !queue.moves() : !queue.hasRoom())
      return false;
  }
  return true;
}

bool DataflowSimulation::isReady(const DataflowSink &sink) const {
  if (sink.queue >= 0)
    return queues_[static_cast<size_t>(sink.queue)].hasRoom();
  return cores_[static_cast<size_t>(sink.core)].ready(sink.input, enabled(sink.core));
}

/// Whether the beat at a queue's output goes in this cycle.
void DataflowSimulation::decide(DataflowQueue &queue) {
  if (!queue.valid())
    return;
  for (const DataflowSink &sink : queue.sinks)
    if (!isReady(sink)) {
      queue.blocked = true;
      return;
    }
  queue.taken = true;
}

/// Returns whether a beat leaves a module's pipeline.
bool DataflowSimulation::stepCore(size_t core, int64_t now) {
  const bool moves = enabled(static_cast<int>(core)), moved = asleepEnabled_[core] != 0;
  const int linear = external_ ? external_->linearOf(static_cast<int>(core)) : -1;
  if (linear < 0)
    return cores_[core].step(now, moves, moved);
  external_->advanceTo(now);
  DataflowWord word = {external_->valid(linear), false};
  const bool leaves = cores_[core].step(now, moves, moved, &word);
  if (word.taken)
    external_->take(linear);
  return leaves;
}

/// A cycle: what goes is decided by what all registers hold, then everything moves.
void DataflowSimulation::step(int64_t now) {
  soon_ = false;
  awake_.clear();
  for (size_t q = 0; q < queues_.size(); ++q)
    if (queueWake_[q] <= now)
      awake_.push_back(q);
  const size_t deciding = awake_.size();
  for (size_t a = 0; a < deciding; ++a)
    decide(queues_[awake_[a]]);
  const auto wakeQueue = [&](int q) {
    int64_t &wake = queueWake_[static_cast<size_t>(q)];
    if (wake > now)
      awake_.push_back(static_cast<size_t>(q));
    wake = now;
  };
  for (size_t a = 0; a < deciding; ++a) {
    const DataflowQueue &queue = queues_[awake_[a]];
    if (queue.taken)
      deliver(queue, now, wakeQueue);
  }
  if (queues_[static_cast<size_t>(result_)].taken)
    results_.push_back(now);
  stepped_.clear();
  for (size_t i = 0; i < cores_.size(); ++i) {
    if (coreWake_[i] > now)
      continue;
    stepped_.push_back(static_cast<int>(i));
    if (stepCore(i, now))
      for (int q : outputs_[i]) {
        queues_[static_cast<size_t>(q)].push();
        wakeQueue(q);
      }
  }
  for (size_t q : awake_) {
    DataflowQueue &queue = queues_[q];
    const bool popped = queue.commit(now);
    queueWake_[q] = queue.wake;
    soon_ = soon_ || queue.wake <= now + 1;
    if (!popped)
      continue;
    if (queue.core >= 0 && coreWake_[static_cast<size_t>(queue.core)] > now)
      stepped_.push_back(queue.core); // its output moved
    unblocked_.push_back(queue.queue);
  }
  for (int q : unblocked_)
    if (q >= 0 && queues_[static_cast<size_t>(q)].valid())
      wakeNext(q, now);
  unblocked_.clear();
  for (int core : stepped_)
    settle(core, now);
}

/// A beat that is taken arrives at all that read it; who gives or takes is awake.
template <typename Wake>
void DataflowSimulation::deliver(const DataflowQueue &queue, int64_t now, const Wake &wake) {
  for (const DataflowSink &sink : queue.sinks) {
    if (sink.queue >= 0) {
      queues_[static_cast<size_t>(sink.queue)].push();
      wake(sink.queue);
    } else {
      cores_[static_cast<size_t>(sink.core)].arrive(sink.input);
      coreWake_[static_cast<size_t>(sink.core)] = now;
    }
  }
  if (queue.isRegister() && queue.core >= 0)
    coreWake_[static_cast<size_t>(queue.core)] = now;
}

/// When a module is stepped next, and who gives it beats meanwhile.
void DataflowSimulation::settle(int core, int64_t now) {
  const auto i = static_cast<size_t>(core);
  const bool slept = coreWake_[i] > now, moves = enabled(core);
  if (slept && moves == (asleepEnabled_[i] != 0))
    return;
  if (slept) { // it must count this cycle before it goes on
    coreWake_[i] = now + 1;
  } else {
    asleepEnabled_[i] = moves ? 1 : 0;
    coreWake_[i] = cores_[i].next(now, moves);
  }
  soon_ = soon_ || coreWake_[i] <= now + 1;
  for (size_t k = 0; k < feeders_[i].size(); ++k)
    if (const int from = feeders_[i][k];
        from >= 0 && queues_[static_cast<size_t>(from)].valid() && cores_[i].ready(k, moves))
      wakeNext(from, now);
}

void DataflowSimulation::wakeNext(int queue, int64_t now) {
  int64_t &wake = queueWake_[static_cast<size_t>(queue)];
  wake = std::min(wake, now + 1);
  soon_ = true;
}

bool DataflowSimulation::runUntil(int64_t results, int64_t deadline) {
  while (std::ssize(results_) < results) {
    const int64_t next = soon_ ? now_ + 1
                               : std::min(*std::min_element(queueWake_.begin(), queueWake_.end()),
                                          *std::min_element(coreWake_.begin(), coreWake_.end()));
    if (next >= deadline)
      return false;
    now_ = next;
    step(now_);
  }
  return true;
}

int64_t DataflowSimulation::channelTo(const DataflowSink &sink) const {
  if (sink.queue >= 0)
    return queues_[static_cast<size_t>(sink.queue)].channel;
  for (size_t c = 0; c < netlist_.channels.size(); ++c)
    if (netlist_.channels[c].to == sink.core && netlist_.channels[c].input == sink.input)
      return static_cast<int64_t>(c);
  return -1;
}

/// What a module waits for: room behind one of its results, or a beat of an operand.
DataflowWait DataflowSimulation::waitOf(int core) const {
  for (int q : outputs_[static_cast<size_t>(core)]) {
    if (!queues_[static_cast<size_t>(q)].valid())
      continue;
    for (const DataflowSink &sink : queues_[static_cast<size_t>(q)].sinks)
      if (!isReady(sink)) {
        const int64_t channel = channelTo(sink);
        return {channel, true, fill(channel)};
      }
  }
  const int input = cores_[static_cast<size_t>(core)].lacks();
  if (input < 0)
    return {-1, false, 0};
  const int64_t channel = channelTo({core, static_cast<size_t>(input), -1});
  return {channel, false, channel < 0 ? 0 : fill(channel)};
}

std::vector<DataflowWait> DataflowSimulation::stuck() const {
  std::vector<DataflowWait> waits;
  std::vector<int> at(cores_.size(), -1); // where on the way a module was met
  for (auto core = static_cast<int>(cores_.size()) - 1;;) {
    int &met = at[static_cast<size_t>(core)];
    if (met >= 0)
      return {waits.begin() + met, waits.end()};
    met = static_cast<int>(waits.size());
    const DataflowWait wait = waitOf(core);
    if (wait.channel < 0)
      return {};
    waits.push_back(wait);
    const NetChannel &net = netlist_.channels[static_cast<size_t>(wait.channel)];
    core = wait.isFull ? net.to : net.from;
  }
}

int64_t DataflowSimulation::mostFill(int64_t channel) const {
  const DataflowQueue &queue = queues_[static_cast<size_t>(fifos_[static_cast<size_t>(channel)])];
  return queue.channel == channel ? queue.mostFill() : 0;
}
int64_t DataflowSimulation::fill(int64_t channel) const {
  const DataflowQueue &queue = queues_[static_cast<size_t>(fifos_[static_cast<size_t>(channel)])];
  return queue.channel == channel ? queue.fill() : 0;
}

} // namespace mase
