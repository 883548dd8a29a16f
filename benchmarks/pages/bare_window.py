"""The least that a window with a web page can cost in Python: WebKitGTK and static HTML, no server, no framework."""

from ctypes import CDLL, c_char_p, c_int, c_void_p

webkit = CDLL("libwebkit2gtk-4.1.so.0")
gtk = CDLL("libgtk-3.so.0")
gtk.gtk_window_new.restype = webkit.webkit_web_view_new.restype = c_void_p
gtk.gtk_window_set_default_size.argtypes = [c_void_p, c_int, c_int]
gtk.gtk_container_add.argtypes = [c_void_p, c_void_p]
gtk.gtk_widget_show_all.argtypes = [c_void_p]
webkit.webkit_web_view_load_html.argtypes = [c_void_p, c_char_p, c_char_p]

gtk.gtk_init_check(None, None)
window = gtk.gtk_window_new(0)
gtk.gtk_window_set_default_size(window, 1000, 720)
view = webkit.webkit_web_view_new()
gtk.gtk_container_add(window, view)
page = b'<!doctype html><p style="background: rgb(49, 202, 16); padding: 20px">Hello, World!</p>'
webkit.webkit_web_view_load_html(view, page, None)
gtk.gtk_widget_show_all(window)
gtk.gtk_main()
