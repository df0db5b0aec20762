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
  for (size_t i = 0; i < instances; ++i)
    cores_[i].wake = 0;
}

void DataflowSimulation::feed(int64_t position, bool wanted) {
  rows_.push_back({position, wanted});
  DataflowQueue &source = queues_[static_cast<size_t>(source_)];
  source.feed(1);
  source.wake = now_ + 1;
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

void DataflowSimulation::step(int64_t now) {
  for (DataflowQueue &queue : queues_)
    if (queue.wake <= now)
      decide(queue);
  // What is taken arrives; who gives or takes is awake.
  for (DataflowQueue &queue : queues_) {
    if (!queue.taken)
      continue;
    for (const DataflowSink &sink : queue.sinks) {
      if (sink.queue >= 0) {
        queues_[static_cast<size_t>(sink.queue)].push();
        queues_[static_cast<size_t>(sink.queue)].wake = now;
      } else {
        cores_[static_cast<size_t>(sink.core)].arrive(sink.input);
        cores_[static_cast<size_t>(sink.core)].wake = now;
      }
    }
    if (queue.isRegister() && queue.core >= 0)
      cores_[static_cast<size_t>(queue.core)].wake = now;
  }
  if (queues_[static_cast<size_t>(result_)].taken)
    results_.push_back(now);
  stepped_.clear();
  for (size_t i = 0; i < cores_.size(); ++i) {
    if (cores_[i].wake > now)
      continue;
    stepped_.push_back(static_cast<int>(i));
    if (cores_[i].step(now, enabled(static_cast<int>(i)), asleepEnabled_[i] != 0))
      for (int q : outputs_[i]) {
        queues_[static_cast<size_t>(q)].push();
        queues_[static_cast<size_t>(q)].wake = now;
      }
  }
  for (DataflowQueue &queue : queues_) {
    if (queue.wake > now || !queue.commit(now))
      continue;
    if (queue.core >= 0 && cores_[static_cast<size_t>(queue.core)].wake > now)
      stepped_.push_back(queue.core); // its output moved
    if (queue.queue >= 0 && queues_[static_cast<size_t>(queue.queue)].valid())
      queues_[static_cast<size_t>(queue.queue)].wake =
          std::min(queues_[static_cast<size_t>(queue.queue)].wake, now + 1);
  }
  for (int i : stepped_) {
    const auto core = static_cast<size_t>(i);
    const bool slept = cores_[core].wake > now;
    const bool moves = enabled(i);
    if (slept && moves == (asleepEnabled_[core] != 0))
      continue;
    if (slept) { // it must count this cycle before it goes on
      cores_[core].wake = now + 1;
    } else {
      asleepEnabled_[core] = moves ? 1 : 0;
      cores_[core].wake = cores_[core].next(now, moves);
    }
    for (size_t k = 0; k < feeders_[core].size(); ++k)
      if (const int from = feeders_[core][k]; from >= 0 && cores_[core].ready(k, moves)) {
        DataflowQueue &queue = queues_[static_cast<size_t>(from)];
        if (queue.valid())
          queue.wake = std::min(queue.wake, now + 1);
      }
  }
}

bool DataflowSimulation::runUntil(int64_t results) {
  while (std::ssize(results_) < results) {
    int64_t next = dataflowNever;
    for (const DataflowQueue &queue : queues_)
      next = std::min(next, queue.wake);
    for (const DataflowCore &core : cores_)
      next = std::min(next, core.wake);
    if (next == dataflowNever)
      return false;
    now_ = next;
    step(now_);
  }
  return true;
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
