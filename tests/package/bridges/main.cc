// A host that meets prometheus-cpp and spdlog through the bridges alone.

#include <cstdio>
#include <memory>

#include "spdlog/spdlog.h"
#include "vitals/bridge/collectable_collector.h"
#include "vitals/bridge/gatherer_collectable.h"
#include "vitals/bridge/spdlog_id_flag.h"
#include "vitals/bridge/spdlog_sink.h"
#include "vitals/metrics/registry.h"

int main() {
  vitals::SetLogSink(vitals::bridge::MakeSpdlogSink(spdlog::default_logger()));
  const vitals::bridge::IdFlag flag;
  const auto source = std::make_shared<vitals::Registry>();
  source->AddGauge({.name = "x"}).value().Set(1);
  const auto collectable = std::make_shared<vitals::bridge::GathererCollectable>(source);
  vitals::bridge::CollectableCollector collector(collectable);
  if (collector.Collect().size() != 1) {
    std::fprintf(stderr, "x did not come over and back\n");
    return 1;
  }
  return 0;
}
