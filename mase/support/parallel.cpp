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

/// Threads that sleep between jobs. A job is a range of indices that they and the caller draw from.
class Pool {
public:
  explicit Pool(int helpers) {
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
    {
      std::lock_guard lock(mutex_);
      work_ = &work;
      count_ = count;
      next_ = 0;
      error_ = nullptr;
      busy_ = static_cast<int>(helpers_.size());
      ++job_;
    }
    wake_.notify_all();
    draw();
    std::unique_lock lock(mutex_);
    done_.wait(lock, [this] { return busy_ == 0; });
    if (error_)
      std::rethrow_exception(error_);
  }

private:
  void draw() {
    insideWork = true;
    for (int64_t i = next_++; i < count_; i = next_++) {
      try {
        (*work_)(i);
      } catch (...) {
        std::lock_guard lock(mutex_);
        if (!error_)
          error_ = std::current_exception();
        next_ = count_.load();
      }
    }
    insideWork = false;
  }

  void loop() {
    uint64_t seen = 0;
    while (true) {
      {
        std::unique_lock lock(mutex_);
        wake_.wait(lock, [&] { return stop_ || job_ != seen; });
        if (stop_)
          return;
        seen = job_;
      }
      draw();
      std::lock_guard lock(mutex_);
      if (--busy_ == 0)
        done_.notify_one();
    }
  }

  std::mutex jobs_, mutex_;
  std::condition_variable wake_, done_;
  std::vector<std::thread> helpers_;
  const std::function<void(int64_t)> *work_ = nullptr;
  std::atomic<int64_t> count_ = 0, next_ = 0;
  std::exception_ptr error_;
  int busy_ = 0;
  uint64_t job_ = 0;
  bool stop_ = false;
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
