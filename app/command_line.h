#pragma once

#include "app/exit_code.h"

namespace schoolwatch::app {

// Parses the command line and runs the command. Output for programs and results for people go to
// standard output, everything else to standard error.
ExitCode Main(int argc, char** argv);

}  // namespace schoolwatch::app
