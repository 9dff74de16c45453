// Tells when files that were read may have changed: inotify on their folders. On the loop.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/net/loop.h"

namespace tocsin::agent {

class FileWatch {
  public:
    // `changed` runs once things have been quiet for half a second after a change of a file that
    // one of the patterns names (of a folder, its *.yml and *.yaml), or after a folder on the way
    // there came or went: then make a new FileWatch, which sees what is in it. What cannot be
    // watched is logged. `changed` may destroy the object.
    FileWatch(net::Loop& loop, const std::vector<std::string>& patterns,
              std::function<void()> changed);
    ~FileWatch();

    struct State;

  private:
    std::unique_ptr<State> state_;
};

}  // namespace tocsin::agent
