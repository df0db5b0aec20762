// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/support/parallel.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace mase {
namespace {

int requestedThreads = 0;
thread_local bool insideWork = false;

int machineThreads() {
  if (const char *text = std::getenv("MASE_THREADS"))
    if (int count = std::atoi(text); count > 0)
      return count;
  return std::max(1u, std::thread::hardware_concurrency());
}

/// How often a thread looks for work, or for the end of it, before it sleeps: some tens of microseconds, which is what
/// lies between two operators of a model that writes a token. With more threads than processors nobody looks.
constexpr int patience = 1500;

void pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("isb");
#endif
}

/// A job is a range of indices that the caller and those helpers draw from who come while it is open: nobody waits for
/// a helper that is still asleep.
class Pool {
public:
  explicit Pool(int helpers)
      : patience_(static_cast<unsigned>(helpers) < std::max(2u, std::thread::hardware_concurrency()) ? patience : 0) {
    for (int i = 0; i < helpers; ++i)
      helpers_.emplace_back([this] { loop(); });
  }
  ~Pool() {
    {
      std::lock_guard lock(mutex_);
      stop_ = true;
    }
    wake_.notify_all();
    for (std::thread &helper : helpers_)
      helper.join();
  }

  void run(int64_t count, const std::function<void(int64_t)> &work) {
    std::lock_guard oneJob(jobs_);
    work_ = &work;
    count_ = count;
    next_ = 0;
    error_ = nullptr;
    gate_ = open;
    ++job_;
    if (sleepers_ > 0) {
      // A helper that is about to sleep holds the mutex until it does.
      { std::lock_guard lock(mutex_); }
      wake_.notify_all();
    }
    draw();
    gate_ -= open;
    if (!isSoon([this] { return gate_ == 0; })) {
      std::unique_lock lock(mutex_);
      done_.wait(lock, [this] { return gate_ == 0; });
    }
    if (error_)
      std::rethrow_exception(error_);
  }

private:
  static constexpr int64_t open = 1, inside = 2; // of the gate: whether helpers may come, and each one who did

  template <class Condition>
  bool isSoon(Condition condition) const {
    for (int i = 0; i < patience_; ++i, pause())
      if (condition())
        return true;
    return condition();
  }

  void draw() {
    insideWork = true;
    for (int64_t i = next_++; i < count_; i = next_++) {
      try {
        (*work_)(i);
      } catch (...) {
        std::lock_guard lock(mutex_);
        if (!error_)
          error_ = std::current_exception();
        next_ = count_;
      }
    }
    insideWork = false;
  }

  bool enter() {
    int64_t gate = gate_;
    while ((gate & open) != 0)
      if (gate_.compare_exchange_weak(gate, gate + inside))
        return true;
    return false;
  }

  void leave() {
    if ((gate_ -= inside) == 0) {
      std::lock_guard lock(mutex_);
      done_.notify_one();
    }
  }

  void loop() {
    uint64_t seen = 0;
    while (true) {
      if (!isSoon([&] { return stop_ || job_ != seen; })) {
        std::unique_lock lock(mutex_);
        ++sleepers_;
        wake_.wait(lock, [&] { return stop_ || job_ != seen; });
        --sleepers_;
      }
      if (stop_)
        return;
      seen = job_;
      if (!enter())
        continue;
      seen = job_; // which stays while somebody is inside
      draw();
      leave();
    }
  }

  const int patience_;
  std::mutex jobs_, mutex_;
  std::condition_variable wake_, done_;
  std::vector<std::thread> helpers_;
  // Of the job: set while nobody is inside and the gate is closed.
  const std::function<void(int64_t)> *work_ = nullptr;
  int64_t count_ = 0;
  std::exception_ptr error_;
  std::atomic<int64_t> next_ = 0, gate_ = 0;
  std::atomic<uint64_t> job_ = 0;
  std::atomic<int> sleepers_ = 0;
  std::atomic<bool> stop_ = false;
};

} // namespace

int threads() { return requestedThreads > 0 ? requestedThreads : machineThreads(); }

void setThreads(int count) { requestedThreads = count; }

void parallelFor(int64_t count, const std::function<void(int64_t)> &work) {
  if (insideWork || count <= 1 || threads() == 1) {
    for (int64_t i = 0; i < count; ++i)
      work(i);
    return;
  }
  static Pool pool(threads() - 1);
  pool.run(count, work);
}

} // namespace mase
