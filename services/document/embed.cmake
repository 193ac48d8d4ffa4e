# cmake -DFOLDER=templates -DOUTPUT=templates.cc -P embed.cmake
#   Writes the files of templates.h as C++ string literals.
set(text "// Written by embed.cmake from services/document/templates.\n#include \"services/document/templates.h\"\n\n")
string(APPEND text "namespace apdr::document::templates {\n")
foreach(pair kPage=page.html.mustache kSections=sections.html.mustache kStyle=document.css)
  string(REPLACE "=" ";" pair ${pair})
  list(GET pair 0 name)
  list(GET pair 1 file)
  file(READ ${FOLDER}/${file} content)
  string(APPEND text "const char* const ${name} = R\"embedded(${content})embedded\";\n")
endforeach()
string(APPEND text "}  // namespace apdr::document::templates\n")
file(WRITE ${OUTPUT} "${text}")
