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
    // `changed` runs once things have been quiet for half a second after a change of any *.yml or
    // *.yaml in the folders of `paths` (a path that is a folder counts itself). Folders that do not
    // exist are left out.
    FileWatch(net::Loop& loop, const std::vector<std::string>& paths,
              std::function<void()> changed);
    ~FileWatch();

    struct State;

  private:
    std::unique_ptr<State> state_;
};

}  // namespace tocsin::agent
