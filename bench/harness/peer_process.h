// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// A peer in another language: a program that loads its model, and then does the same work once a line.
///
/// It prints one line when it is ready, and one line after each piece of work; it ends when its input does. A line sent
/// costs some tens of microseconds, which is part of what is timed.
#pragma once

#include <cstdio>
#include <ctime>
#include <string>
#include <sys/types.h>
#include <vector>

namespace mase::bench {

class PeerProcess {
public:
  /// Starts `arguments`, the program first (found by PATH).
  explicit PeerProcess(const std::vector<std::string> &arguments);
  PeerProcess(const PeerProcess &) = delete;
  PeerProcess &operator=(const PeerProcess &) = delete;
  ~PeerProcess();

  /// The next line of the peer's, without its end; empty when the peer has ended.
  std::string read();
  /// Sends `request` and waits for the answer.
  std::string ask(const std::string &request);

  /// Counts the processor time of all its threads.
  clockid_t clock() const;

private:
  pid_t process_ = -1;
  FILE *to_ = nullptr, *from_ = nullptr;
};

} // namespace mase::bench
