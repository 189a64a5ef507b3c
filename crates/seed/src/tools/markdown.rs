//! The list as Markdown.

use super::ToolList;

/// The document that shows the list.
#[must_use]
pub fn document(list: &ToolList) -> String {
    format!("# Tools\n\nWhat is installed on this host.\n\n{}", lines(list))
}

/// One line for each tool.
#[must_use]
pub fn lines(list: &ToolList) -> String {
    if list.is_empty() {
        return "Nothing is listed.\n".to_owned();
    }
    let line = |tool: &super::Tool| {
        if tool.name == tool.package {
            format!("- `{}`: {}\n", tool.name, tool.line)
        } else {
            format!("- `{}` ({}): {}\n", tool.name, tool.package, tool.line)
        }
    };
    list.iter().map(line).collect()
}
