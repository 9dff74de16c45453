// Which descriptor is ready, as the library wants to be told.
#pragma once

#include "collector/net/snmp/library.h"

namespace tocsin::collector::snmp {

// The library's set of descriptors, of any number.
class ReadySet {
  public:
    explicit ReadySet(int fd) {
        netsnmp_large_fd_set_init(&set_, fd + 1);
        netsnmp_large_fd_setfd(fd, &set_);
    }
    ~ReadySet() { netsnmp_large_fd_set_cleanup(&set_); }
    ReadySet(const ReadySet&) = delete;
    ReadySet& operator=(const ReadySet&) = delete;
    netsnmp_large_fd_set* get() { return &set_; }

  private:
    netsnmp_large_fd_set set_{};
};

}  // namespace tocsin::collector::snmp
