// In every viewer: takes figures from the page around it, and says when one is shown. `show` is the library's own.

const place = document.getElementById("figure");
const say = (what) => parent.postMessage({ viewer: what }, "*"); // to the page that shows this one: the policy names who may

addEventListener("message", async ({ source, data }) => {
  if (source !== parent) return;
  try {
    await show(JSON.parse(data.figure), place);
    await new Promise((painted) => setTimeout(painted, 0));
    say({ shown: data.number, height: Math.ceil(place.scrollHeight) });
  } catch (error) {
    say({ shown: data.number, failure: String(error?.message ?? error) });
  }
});
// A link leads nowhere from here: the policy refuses the page, and an error would take the figure's place.
addEventListener("click", (event) => event.target.closest?.("a") && event.preventDefault(), true);

say({ ready: true });
