// Gives back memory that only the start, or a reload, needed.
#pragma once

namespace tocsin::agent {

// Free heap, and the code pages of the program and its libraries: what runs again is mapped again
// from the page cache at its next use; what only parsed the configuration, opened the store or
// shook hands stays out. Code is mapped read-only from files, so nothing can be lost.
void give_back_memory();

}  // namespace tocsin::agent
