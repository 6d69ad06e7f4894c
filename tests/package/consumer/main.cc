// A host that records and reads its values back, with the component core alone.

#include <cstdio>
#include <string>

#include "vitals/metrics/registry.h"

int main() {
  vitals::Registry registry;
  auto family = registry.AddCounter({.name = "requests_total", .help = "Requests."}, {"method"});
  if (!family.ok()) {
    std::fprintf(stderr, "%s\n", std::string(family.status().message()).c_str());
    return 1;
  }
  family->With("GET").Increment(3);

  vitals::Snapshot snapshot;
  registry.Gather(snapshot);
  const vitals::MetricFamily* const requests = snapshot.Find("requests_total");
  if (requests == nullptr || requests->size() != 1 || requests->Unsigned(0) != 3) {
    std::fprintf(stderr, "requests_total{method=\"GET\"} is not 3\n");
    return 1;
  }
  return 0;
}
