#pragma once

#include <cstdlib>
#include <string>
#include <vector>

#include "engine/domains/sen_support/sen_module.h"

// What a routes file needs around it.
namespace apdr::testing {

// Of SEN Support, all.
inline std::vector<std::string> EventTypes() {
  return sen::SenModule(sen::Code2015()).definition().events;
}

// Sets the secrets that the tests' routes name.
inline void SetSecrets() {
  setenv("APDR_TEST_HOOK", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", /*overwrite=*/1);
  setenv("APDR_TEST_HOOK_KEY", "whsk_VEVTVFNJR05JTkdLRVlET05PVFVTRVRISVNGT1JBTlk=", 1);
  setenv("APDR_TEST_GOVUK",
         "test-26785a09-ab16-4eb0-8407-a37497a57506-3d844edf-8d35-48ac-975b-e847b4f122b0", 1);
}

}  // namespace apdr::testing
