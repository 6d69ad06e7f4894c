#ifndef VITALS_EXAMPLES_JOB_WORKER_SUMMARY_H_
#define VITALS_EXAMPLES_JOB_WORKER_SUMMARY_H_

#include <string>
#include <vector>

#include "vitals/metrics/registry.h"

namespace job_worker {

/// What was done, in lines for the log, read back from the registry: it is the same whether or not
/// anybody could scrape it.
std::vector<std::string> Summarize(vitals::Registry& registry);

}  // namespace job_worker

#endif  // VITALS_EXAMPLES_JOB_WORKER_SUMMARY_H_
