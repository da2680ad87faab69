/** A finger lies on the glass for a tenth of a second: what is drawn anew meanwhile takes the button from under it, and the press is lost. */
export function openPresses(draw: () => void): { readonly isDown: () => boolean } {
  let isDown = false;
  let timer = 0;
  const end = (): void => {
    clearTimeout(timer);
    // After the click, which follows the lifting.
    timer = setTimeout(() => {
      isDown = false;
      draw();
    }, 0);
  };
  document.addEventListener('pointerdown', () => {
    clearTimeout(timer);
    isDown = true;
    // A lifting that is never told must not hold the page for ever.
    timer = setTimeout(end, longestMs);
  });
  document.addEventListener('pointerup', end);
  document.addEventListener('pointercancel', end);
  return { isDown: () => isDown };
}

const longestMs = 2000;
