// Gives back memory that only the start, or a reload, needed.
#pragma once

namespace tocsin::agent {

// Free heap, and the pages of code and constants of the program and its libraries: what is used
// again is mapped again from the page cache; what only linked the program, parsed the
// configuration, opened the store or shook hands stays out. They are mapped read-only from files,
// so nothing can be lost.
void give_back_memory();

}  // namespace tocsin::agent
