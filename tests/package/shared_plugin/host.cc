// Loads a plugin that shares libvitals with it: what the plugin records is on the host's page.

#include <dlfcn.h>

#include <cstdint>
#include <cstdio>
#include <string>
#include <thread>

#include "vitals/exposition/text_encoder.h"
#include "vitals/metrics/registry.h"

namespace {

int Fail(const char* what) {
  std::fprintf(stderr, "%s\n", what);
  return 1;
}

}  // namespace

int main() {
  vitals::Registry registry;
  auto family = registry.AddCounter({.name = "events_total", .help = "Events."}, {"source"});
  if (!family.ok()) return Fail("the host's own family is refused");
  family->With("host").Increment(5);

  void* const plugin = dlopen(PLUGIN_PATH, RTLD_NOW | RTLD_LOCAL);
  if (plugin == nullptr) return Fail(dlerror());
  const auto record = reinterpret_cast<bool (*)(vitals::Registry*, std::uint64_t)>(
      dlsym(plugin, "RecordFromPlugin"));
  if (record == nullptr) return Fail(dlerror());

  if (!record(&registry, 7)) return Fail("the plugin could not record");
  std::thread([&] { record(&registry, 11); }).join();

  vitals::Snapshot snapshot;
  registry.Gather(snapshot);
  std::string page;
  vitals::EncodeText(snapshot, page);
  for (const char* const line :
       {"\nevents_total{source=\"host\"} 5\n", "\nevents_total{source=\"plugin\"} 18\n"}) {
    if (page.find(line) == std::string::npos) {
      std::fprintf(stderr, "not on the page:%son it:\n%s", line, page.c_str());
      return 1;
    }
  }
  dlclose(plugin);
  family->With("host").Increment();
  return 0;
}
