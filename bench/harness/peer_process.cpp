// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "bench/harness/peer_process.h"

#include <csignal>
#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>

namespace mase::bench {

PeerProcess::PeerProcess(const std::vector<std::string> &arguments) {
  std::signal(SIGPIPE, SIG_IGN); // a peer that ended is told by its empty line
  int requests[2], answers[2];
  if (pipe(requests) != 0 || pipe(answers) != 0)
    throw std::runtime_error("no pipe to a peer");
  process_ = fork();
  if (process_ < 0)
    throw std::runtime_error("no process for a peer");
  if (process_ == 0) {
    dup2(requests[0], STDIN_FILENO);
    dup2(answers[1], STDOUT_FILENO);
    for (int end : {requests[0], requests[1], answers[0], answers[1]})
      close(end);
    std::vector<char *> list;
    for (const std::string &argument : arguments)
      list.push_back(const_cast<char *>(argument.c_str()));
    list.push_back(nullptr);
    execvp(list[0], list.data());
    std::perror(list[0]);
    _exit(127);
  }
  close(requests[0]);
  close(answers[1]);
  to_ = fdopen(requests[1], "w");
  from_ = fdopen(answers[0], "r");
}

PeerProcess::~PeerProcess() {
  std::fclose(to_);
  std::fclose(from_);
  waitpid(process_, nullptr, 0);
}

std::string PeerProcess::read() {
  std::string line;
  for (int c = std::fgetc(from_); c != EOF && c != '\n'; c = std::fgetc(from_))
    line += static_cast<char>(c);
  return line;
}

std::string PeerProcess::ask(const std::string &request) {
  std::fputs((request + "\n").c_str(), to_);
  std::fflush(to_);
  return read();
}

clockid_t PeerProcess::clock() const {
  clockid_t id = CLOCK_MONOTONIC;
  if (clock_getcpuclockid(process_, &id) != 0)
    throw std::runtime_error("no clock of a peer");
  return id;
}

} // namespace mase::bench
