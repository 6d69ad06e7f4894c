// Records into a registry that its host gave it, through the libvitals that both are linked with.

#include <cstdint>

#include "vitals/metrics/registry.h"

extern "C" bool RecordFromPlugin(vitals::Registry* registry, std::uint64_t count) {
  auto family = registry->AddCounter({.name = "events_total", .help = "Events."}, {"source"});
  if (!family.ok()) return false;
  const vitals::Counter counter = family->With("plugin");
  for (std::uint64_t i = 0; i < count; ++i) counter.Increment();
  return true;
}
