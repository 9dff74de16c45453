// A program run once for what it prints, without a thread: its output and its end come through the
// loop.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/core/result.h"
#include "base/net/loop.h"

namespace tocsin::collector {

struct ChildEnd {
    int status = 0;        // exit status; 128 + the signal that ended it
    std::string output;    // of its standard output
    bool flooded = false;  // it printed more than the limit and was killed for it
};

// The program gets no shell, a process group of its own, /dev/null to read from and for its errors,
// no descriptors, and of the environment a PATH and LC_ALL=C. When it ends, or is killed, its whole
// group is; a process that left the group keeps running, but is not waited for.
class Child {
  public:
    static constexpr std::size_t kMostOutput = std::size_t{64} * 1024;

    // kIo when it cannot be started: no such program, no right to run it, no more processes.
    static Result<std::unique_ptr<Child>> start(net::Loop& loop,
                                                const std::vector<std::string>& command,
                                                std::function<void(const ChildEnd&)> done);
    // Kills what still runs, without calling `done`.
    ~Child();
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    // Kills the group; `done` is called when it has ended.
    void kill();

  private:
    Child(pid_t pid, int pidfd, int output, std::function<void(const ChildEnd&)> done);
    void watch(net::Loop& loop);
    void read_output();
    void ended();

    pid_t pid_;
    int pidfd_;
    int output_;
    std::function<void(const ChildEnd&)> done_;
    ChildEnd end_;
    bool reaped_ = false;
    std::unique_ptr<net::Loop::Watch> readable_;
    std::unique_ptr<net::Loop::Watch> exited_;
};

}  // namespace tocsin::collector
