#pragma once

// Files of the folder templates/, built into the binary (embed.cmake).
namespace apdr::document::templates {

extern const char* const kPage;      // page.html.mustache
extern const char* const kSections;  // sections.html.mustache
extern const char* const kStyle;     // document.css

}  // namespace apdr::document::templates
