#include "health/environment.h"

#include "base/fork.h"

VITALS_NAMESPACE_BEGIN
namespace health {

Environment::Environment(const HealthMonitorOptions& options)
    : clock(options.clock != nullptr
                ? options.clock
                : std::shared_ptr<const Clock>(std::shared_ptr<void>(), &Clock::System())),
      kept_results(options.kept_results),
      kept_transitions(options.kept_transitions),
      fork_generation(base::ForkGeneration()) {}

}  // namespace health
VITALS_NAMESPACE_END
