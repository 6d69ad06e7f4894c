// A plugin with a static copy of vitals that nobody shares.

#include <cstdint>

#include "recorder.h"

extern "C" void PluginRecord(std::uint64_t count) { RecordEvents("plugin", count); }

extern "C" std::uint64_t PluginTotal() { return OwnTotal(); }
