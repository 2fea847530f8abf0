#include <malloc.h>

#include <exception>
#include <iostream>

#include "app/command_line.h"

// One of the edges where exceptions end: whatever a library throws becomes an exit status.
int main(int argc, char** argv) {
  // glibc would raise this by itself to as much as 32 MB, and large bodies would then stay with the
  // process after they are dealt with.
  mallopt(M_MMAP_THRESHOLD, 1 << 20);
  // Setting that one fixes this one at 128 KB: each page's memory would go back to the kernel, and
  // be faulted in again for the next.
  mallopt(M_TRIM_THRESHOLD, 8 << 20);
  // Nor should each thread keep a heap of its own as large as the largest page that it has read.
  mallopt(M_ARENA_MAX, 2);
  try {
    return static_cast<int>(schoolwatch::app::Main(argc, argv));
  } catch (const std::exception& error) {
    std::cerr << "schoolwatch: internal error: " << error.what()
              << "\nThis is a mistake in schoolwatch; please report it with this line.\n";
    return static_cast<int>(schoolwatch::app::ExitCode::kInternal);
  }
}
