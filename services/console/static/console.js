// The one policy through which htmx may write markup: what the server sent, and never a script.
if (window.trustedTypes && trustedTypes.createPolicy) {
  trustedTypes.createPolicy("default", {
    createHTML: function (text) {
      return /<\s*(script|iframe|object|embed)\b|\son\w+\s*=/i.test(text) ? "" : text;
    },
  });
}
